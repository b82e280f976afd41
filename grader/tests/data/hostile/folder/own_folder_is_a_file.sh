# tries: a file where a folder may be
# verdict: missing
# earns: 0
# wall: compile

cp "$HONEST" counting
