#compdef mlsearch
# Completion of mlsearch in zsh. The program itself says what may follow.
_mlsearch() {
    local answer line
    local -a values shown
    answer=$(mlsearch --complete-words zsh "${(@Q)words[1,CURRENT-1]}" "${(Q)PREFIX}" 2>/dev/null)
    if (( $? == 3 )); then
        compset -P '--*='
        _files
        return
    fi
    for line in "${(@f)answer}"; do
        [[ -n $line ]] || continue
        values+=("${line%%$'\t'*}")
        shown+=("${line/$'\t'/  -- }")
    done
    compadd -V mlsearch -M 'm:{[:lower:][:upper:]}={[:upper:][:lower:]}' -l -d shown -a values
}
if [[ ${funcstack[1]} == _mlsearch ]]; then
    _mlsearch "$@"
else
    compdef _mlsearch mlsearch
fi
