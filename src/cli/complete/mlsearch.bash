# Completion of mlsearch in bash. The program itself says what may follow.
_mlsearch() {
    local candidates line
    candidates=$(mlsearch --complete-words bash "${COMP_LINE:0:COMP_POINT}" "$2" 2>/dev/null)
    if [[ $? == 3 ]]; then
        compopt -o default -o filenames 2>/dev/null
        COMPREPLY=()
        return
    fi
    COMPREPLY=()
    while IFS= read -r line; do
        [[ -n $line ]] && COMPREPLY+=("$line")
    done <<<"$candidates"
}
complete -o nosort -F _mlsearch mlsearch 2>/dev/null || complete -F _mlsearch mlsearch
