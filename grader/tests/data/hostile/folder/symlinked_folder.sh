# tries: to be graded for a file outside of the folder, by a symbolic link to its folder
# verdict: build_failed or missing
# earns: 0
# wall: compile

ln -s "$(dirname "$HONEST")" counting
