-- Drives `kettensim lsp` from Neovim as a person would: opens files, waits for what the server says,
-- and compares. Run by check.sh; nothing sleeps, each wait ends with its condition or a failure.
local command, folder, scenarios = vim.env.KETTENSIM, vim.env.EDITOR_FOLDER, vim.env.EDITOR_SCENARIOS
local passed, failed, current = 0, 0, ''
local WAIT = 20000

local function fail(text)
  failed = failed + 1
  io.stdout:write('FAIL ' .. current .. ': ' .. text .. '\n')
end

local function check(good, text)
  if good then passed = passed + 1 else fail(text) end
end

local function equal(got, want, text)
  check(vim.deep_equal(got, want),
        text .. ': got ' .. vim.inspect(got) .. ', want ' .. vim.inspect(want))
end

-- One server for all buffers.
local client = vim.lsp.start_client({
  name = 'kettensim', cmd = { command, 'lsp' }, root_dir = folder,
  on_error = function(code, err) fail('the client reports ' .. tostring(code) .. ' ' .. tostring(err)) end,
})

-- Opens a file with that text; returns its buffer once the server has judged it.
local function open(name, text)
  local path = folder .. '/' .. name
  local file = assert(io.open(path, 'w'))
  file:write(text)
  file:close()
  vim.cmd('edit! ' .. vim.fn.fnameescape(path))
  local buffer = vim.api.nvim_get_current_buf()
  local judged = false
  local id = vim.api.nvim_create_autocmd('DiagnosticChanged', {
    callback = function(event) judged = judged or event.buf == buffer end })
  vim.lsp.buf_attach_client(buffer, client)
  check(vim.wait(WAIT, function() return judged end, 5), 'the server says nothing of ' .. name)
  vim.api.nvim_del_autocmd(id)
  return buffer
end

local function lines(buffer) return vim.api.nvim_buf_get_lines(buffer, 0, -1, false) end

-- Puts the cursor at the n-th place of a plain text.
local function go_to(buffer, text, n)
  for row, line in ipairs(lines(buffer)) do
    local from = 1
    while true do
      local at = line:find(text, from, true)
      if not at then break end
      n = (n or 1) - 1
      if n == 0 then
        vim.api.nvim_win_set_cursor(0, { row, at - 1 })
        return
      end
      from = at + 1
    end
  end
  fail('no ' .. text .. ' in the file')
end

local function ask(buffer, method, params)
  local answers, err = vim.lsp.buf_request_sync(buffer, method, params, WAIT)
  if not answers or not answers[client] then
    fail(method .. ' has no answer: ' .. tostring(err))
    return nil
  end
  return answers[client].result, answers[client].err or answers[client].error
end

local function here() return vim.lsp.util.make_position_params(0, 'utf-16') end

local function offers(buffer)
  local texts = {}
  for _, item in ipairs(ask(buffer, 'textDocument/completion', here()) or {}) do
    texts[item.label] = item
  end
  return texts
end

local HEAD = 'scn 1 "t"\nduration 1h\nnodes a[1..5]\n'
local tests = {}

tests['an error appears under the right word'] = function()
  local buffer = open('broken.scn', HEAD .. '# ü 𝒳\nlink all latency=80 loss=0.1%\nparam p = 1 "𝒳𝒳" zz\n')
  local found = vim.diagnostic.get(buffer, { severity = vim.diagnostic.severity.ERROR })
  local first = found[1] or {}
  equal({ first.lnum, first.col, first.end_col }, { 4, 17, 19 }, 'the place of 80')
  check((first.message or ''):find('needs a time with a unit', 1, true), 'the message: ' .. vim.inspect(first.message))
  check((first.message or ''):find('help: write 80ms', 1, true), 'the remedy')
  -- 𝒳 is one character of two UTF-16 units and four bytes.
  equal({ found[2].lnum, found[2].col, found[2].end_col }, { 5, 23, 25 }, 'the place of zz behind 𝒳')
  vim.api.nvim_buf_set_lines(buffer, 4, 6, false, { 'link all latency=80ms', 'always supply_ok(all)' })
  check(vim.wait(WAIT, function() return #vim.diagnostic.get(buffer) == 0 end, 5),
        'no error after the correction: ' .. vim.inspect(vim.diagnostic.get(buffer)))
end

tests['a warning and an error in an included file'] = function()
  open('part.scn', 'scn 1 "part"\nlink all latency=9\n')
  local buffer = open('whole.scn', HEAD .. 'include "part.scn"\nfinally height(all) > 0\n')
  local found = vim.diagnostic.get(buffer)
  equal({ found[1].lnum, found[1].col }, { 3, 8 }, 'at the include')
  check(found[1].message:find('part.scn:2:18: ', 1, true), 'names the file: ' .. found[1].message)
  buffer = open('unused.scn', HEAD .. 'param spare = 1\nfinally height(all) > 0\n')
  found = vim.diagnostic.get(buffer, { severity = vim.diagnostic.severity.WARN })
  equal({ #found, found[1] and found[1].lnum }, { 1, 3 }, 'the warning')
  check(found[1] and found[1].message == "nothing reads the param 'spare'", vim.inspect(found))
end

tests['completion'] = function()
  local buffer = open('complete.scn', HEAD .. 'param split = 2h\nlink all latency=log\nlink all la\n  \nat 6m\n  \nend\nat $s\nnodes b relay=\n# \nat 5m pa\n')
  go_to(buffer, 'latency=log')
  local function at_end() vim.cmd('normal! $') ; local p = here(); p.position.character = #vim.api.nvim_get_current_line() ; return p end
  local function texts()
    local set = {}
    for _, item in ipairs(ask(buffer, 'textDocument/completion', at_end()) or {}) do set[item.label] = item end
    return set
  end
  local set = texts()
  check(set['lognormal('], 'latency=log offers lognormal(')
  check(not set['link'] and not set['loss='], 'and nothing else')
  equal(set['lognormal('] and set['lognormal('].detail, 'lognormal(MEDIAN, SIGMA)', 'its use')
  go_to(buffer, 'link all la', 2)
  check(texts()['latency='], 'link offers latency=')
  go_to(buffer, 'at 5m pa')
  check(texts()['partition'] and texts()['pause'] and not texts()['param'], 'at offers actions')
  vim.api.nvim_win_set_cursor(0, { 7, 1 })
  check(texts()['nodes'] and not texts()['mine'], 'a line offers statements')
  vim.api.nvim_win_set_cursor(0, { 9, 1 })
  check(texts()['mine'] and texts()['expect'] and texts()['end'] and not texts()['nodes'], 'a block offers actions')
  go_to(buffer, 'at $s')
  check(texts()['$split'], '$ offers params')
  go_to(buffer, 'relay=')
  check(texts()['inventory'] and texts()['compact'] and texts()['a'] ~= texts()['inventory'], 'relay= offers its words')
  go_to(buffer, '# ')
  equal(texts(), {}, 'nothing in a comment')
end

tests['hover'] = function()
  local buffer = open('hover.scn', HEAD .. 'param split = 2h in 1m..3h "how long"\nlink all latency=lognormal(80ms, 0.5) rate=2Mbps\nat $split mine 1 at a3\n')
  local function text(word, n)
    go_to(buffer, word, n)
    local result = ask(buffer, 'textDocument/hover', here())
    return type(result) == 'table' and result.contents and result.contents.value or ''
  end
  check(text('latency'):find('| `latency` | 50ms | 0 and more, or a distribution |', 1, true), 'latency')
  check(text('lognormal'):find('| `lognormal(MEDIAN, SIGMA)` |', 1, true), 'lognormal')
  check(text('rate'):find('| `link` option |', 1, true) and not text('rate'):find('`load`', 1, true), 'rate of links alone')
  check(text('mine'):find('| `mine ', 1, true), 'mine')
  check(text('split', 2):find('param split = 2h in 1m..3h "how long"', 1, true), 'a param')
  check(text('a3'):find('nodes a[1..5]', 1, true), 'a node')
  equal(text('80ms'), '', 'nothing about a number')
end

tests['definition, references and rename'] = function()
  local buffer = open('names.scn', HEAD .. 'param split = 2h\nlet half = ($split / 2)\nat $half mine 1 at a3 as first\nat $split expect tip(a1) == first and height(a[*]) > 0 # split a first\n')
  go_to(buffer, '$split', 2)
  vim.lsp.buf.definition()
  check(vim.wait(WAIT, function() return vim.deep_equal(vim.api.nvim_win_get_cursor(0), { 4, 6 }) end, 5),
        'the cursor goes to the definition: ' .. vim.inspect(vim.api.nvim_win_get_cursor(0)))
  local params = here()
  params.context = { includeDeclaration = true }
  equal(#(ask(buffer, 'textDocument/references', params) or {}), 3, 'uses of split')
  vim.lsp.buf.rename('pause_time')
  check(vim.wait(WAIT, function() return lines(buffer)[4] == 'param pause_time = 2h' end, 5), 'the param is renamed')
  equal({ lines(buffer)[5], lines(buffer)[7] },
        { 'let half = ($pause_time / 2)', 'at $pause_time expect tip(a1) == first and height(a[*]) > 0 # split a first' }, 'and its uses')
  go_to(buffer, 'a3')
  vim.lsp.buf.rename('node')
  check(vim.wait(WAIT, function() return lines(buffer)[3] == 'nodes node[1..5]' end, 5), 'the group is renamed: ' .. lines(buffer)[3])
  equal({ lines(buffer)[6], lines(buffer)[7] },
        { 'at $half mine 1 at node3 as first', 'at $pause_time expect tip(node1) == first and height(node[*]) > 0 # split a first' }, 'and its members')
  go_to(buffer, 'first')
  params = here()
  params.newName = 'half-way'
  local _, err = ask(buffer, 'textDocument/rename', params)
  check(err and err.message:find('is no name', 1, true), 'a bad name is refused')
  params.newName = 'node7'
  check(ask(buffer, 'textDocument/rename', params) ~= nil, 'a free name is taken')
  params.newName = 'node'
  _, err = ask(buffer, 'textDocument/rename', params)
  check(err and err.message:find('is taken', 1, true), 'a name in use is refused')
end

tests['definition in an included file'] = function()
  open('network.scn', 'scn 1 "network"\nparam far = 9ms\nnodes z[1..3]\n')
  local buffer = open('uses.scn', 'scn 1 "t"\nduration 1h\ninclude "network.scn"\nlink all latency=$far\nfinally height(z2) > 0\n')
  go_to(buffer, 'z2')
  local place = ask(buffer, 'textDocument/definition', here()) or {}
  equal({ vim.fn.fnamemodify(place.uri or '', ':t'), place.range and place.range.start.line }, { 'network.scn', 2 }, 'nodes')
  go_to(buffer, 'far')
  place = ask(buffer, 'textDocument/definition', here()) or {}
  equal({ vim.fn.fnamemodify(place.uri or '', ':t'), place.range and place.range.start.line }, { 'network.scn', 1 }, 'a param')
end

tests['formatting'] = function()
  local buffer = open('rough.scn', 'scn 1 "t"\nduration  1h # end\nat 1m\nmine 1 at a\nend\n\n\n\nnodes a\n')
  vim.lsp.buf.formatting_sync(nil, WAIT)
  equal(lines(buffer), { 'scn 1 "t"', 'duration 1h  # end', 'at 1m', '  mine 1 at a', 'end', '', 'nodes a' }, 'the text')
  local count, changed = 0, {}
  for path in scenarios:gmatch('[^\n]+') do
    vim.cmd('edit! ' .. vim.fn.fnameescape(path))
    local scenario = vim.api.nvim_get_current_buf()
    vim.lsp.buf_attach_client(scenario, client)
    local edits, err = ask(scenario, 'textDocument/formatting', vim.lsp.util.make_formatting_params())
    if err or not edits or #edits > 0 then table.insert(changed, path) end
    count = count + 1
    vim.cmd('bwipeout!')
  end
  equal(changed, {}, 'scenarios that formatting would change')
  check(count > 400, 'only ' .. count .. ' scenarios')
end

tests['highlighting'] = function()
  vim.opt.runtimepath:prepend(vim.env.EDITOR_VIM)
  vim.cmd('filetype plugin on | syntax on')
  open('colours.scn', HEAD .. 'param split = 2h\nlink all latency=lognormal(80ms, 0.5) transport=stream\nat $split mine 1 at rate # at\n')
  equal(vim.bo.filetype, 'scn', 'the file type')
  equal(vim.bo.commentstring, '# %s', 'how comments are written')
  local function group(word)
    go_to(0, word)
    local at = vim.api.nvim_win_get_cursor(0)
    return vim.fn.synIDattr(vim.fn.synID(at[1], at[2] + 1, 1), 'name')
  end
  equal({ group('nodes'), group('latency'), group('lognormal'), group('80ms'), group('"t"'), group('$split'), group('mine'), group('stream'), group('# at'), group('rate') },
        { 'scnStatement', 'scnOption', 'scnFunction', 'scnNumber', 'scnString', 'scnParam', 'scnAction', 'scnValue', 'scnComment', '' }, 'groups')
end

tests['set-up as docs/editors.md has it'] = function()
  vim.opt.runtimepath:prepend(vim.env.EDITOR_VIM)
  vim.cmd('filetype plugin on')
  require('kettensim').setup({ cmd = { command, 'lsp' } })
  local path = folder .. '/setup.scn'
  vim.fn.writefile({ 'scn 1 "t"', 'duration 1' }, path)
  vim.cmd('edit! ' .. path)
  local buffer = vim.api.nvim_get_current_buf()
  check(vim.wait(WAIT, function() return #vim.diagnostic.get(buffer) > 0 end, 5), 'an error is shown')
  vim.lsp.stop_client(vim.lsp.get_active_clients(), true)
end

local names = vim.tbl_keys(tests)
table.sort(names)
for _, name in ipairs(names) do
  current = name
  local good, err = xpcall(tests[name], debug.traceback)
  if not good then fail(err) end
end
current = 'the end'
vim.lsp.stop_client(client)
check(vim.wait(WAIT, function() return vim.lsp.client_is_stopped(client) end, 5), 'the server ends when asked to')
io.stdout:write(('%d passed, %d failed\n'):format(passed, failed))
vim.cmd(failed == 0 and passed > 0 and 'qall!' or 'cquit!')
