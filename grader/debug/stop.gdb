# Stops gdb in one call of a learner's function; ./grade debug fills in the {{names}}.
set confirm off
set breakpoint pending off
set disable-randomization off
set filename-display absolute
set print frame-arguments none
# The learner's library is not loaded before the program runs; so the breakpoint in it comes with the call before.
# A gdb without Python has no $_streq; it shows matrices as Eigen stores them.
if ! $_isvoid($_streq)
source {printers}
end
set exec-wrapper env LD_PRELOAD=./{library} QKV_FAILING_CALL={call}
tbreak qkv_failing_call
commands
silent
tbreak -qualified {function}
{throws}
continue
end
run
if $_thread != 0
{show}
info args
end
