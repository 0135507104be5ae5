-- The language server in Neovim: require('kettensim').setup() in init.lua.
-- Works from Neovim 0.7 on; `options` are those of vim.lsp.start_client(), such as on_attach.
local M = {}

function M.setup(options)
  local client
  vim.api.nvim_create_autocmd('FileType', {
    pattern = 'scn',
    callback = function(event)
      if not client or vim.lsp.client_is_stopped(client) then
        client = vim.lsp.start_client(vim.tbl_extend('force', {
          name = 'kettensim', cmd = { 'kettensim', 'lsp' }, root_dir = vim.fn.getcwd(),
        }, options or {}))
      end
      if client then vim.lsp.buf_attach_client(event.buf, client) end
    end,
  })
end

return M
