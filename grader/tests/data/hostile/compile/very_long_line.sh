# tries: an error at the end of a line of 200 KB
# verdict: build_failed
# earns: 0
# wall: compile

{
  printf '#include "counting.hpp"\n\nconst int sum = 0'
  yes ' + 1' | head -n 50000 | tr -d '\n'
  echo ' + undeclared;'
} > counting.cpp
