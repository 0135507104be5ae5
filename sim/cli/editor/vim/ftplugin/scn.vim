" Scenarios of kettensim: comments, words, and gg=G, which formats the file.
if exists('b:did_ftplugin')
  finish
endif
let b:did_ftplugin = 1
setlocal commentstring=#\ %s comments=:#
setlocal iskeyword+=-
setlocal shiftwidth=2 expandtab
setlocal equalprg=kettensim\ fmt\ -
let b:undo_ftplugin = 'setlocal commentstring< comments< iskeyword< shiftwidth< expandtab< equalprg<'
