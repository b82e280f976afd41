# tries: names that break lines, look like options, formats or no text at all, beside an honest file
# verdict: passed
# earns: 5
# wall: none

cp "$HONEST" counting.cpp
for name in '-o' '--plugin=x.so' '@counting.cpp' '%s%n' '$(exit 1)' '; exit 1' '*' 'a
b' "$(printf '\377\376')" "$(printf '\033]0;x\007')" 'counting.cpp ' 'COUNTING.CPP'; do
    : > "./$name"
done
