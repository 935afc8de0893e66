# Completion of mlsearch in fish. The program itself says what may follow.
function __mlsearch_complete
    set -l words (commandline --current-process --tokenize --cut-at-cursor)
    set -l current (commandline --current-token --cut-at-cursor)
    mlsearch --complete-words fish $words $current 2>/dev/null
    if test $status = 3
        set -l option (string match --regex '^--[a-z-]+=' -- $current)
        for path in (__fish_complete_path (string replace --regex '^--[a-z-]+=' '' -- $current))
            echo "$option$path"
        end
    end
end
complete --command mlsearch --no-files --keep-order --arguments '(__mlsearch_complete)'
