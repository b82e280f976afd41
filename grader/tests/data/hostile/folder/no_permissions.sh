# tries: a file that only an administrator can read; it is honest if he grades
# verdict: passed or build_failed
# earns: 5 or 0
# wall: none

cp "$HONEST" counting.cpp
chmod 000 counting.cpp
