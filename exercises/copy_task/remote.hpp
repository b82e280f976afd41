// What may be called from the tests: the fields of each struct, one line a graded function.
#ifndef QKV_COPY_TASK_REMOTE_HPP
#define QKV_COPY_TASK_REMOTE_HPP

#include "copy_task.hpp"
#include "wire/fields.hpp"
#include "wire/interface.hpp"

namespace neural_turing_machine {
QKV_FIELDS(Head, key, strength, gate, shift, sharpening)
}  // namespace neural_turing_machine

namespace copy_task {
QKV_FIELDS(WriteHead, head, erase, add)
QKV_FIELDS(Linear, weight, bias)
QKV_FIELDS(MachineWeights, controller, writer, reader, output)
QKV_FIELDS(State, memory, writing, reading, read)
QKV_FIELDS(Step, logits, state)
QKV_FIELDS(Run, logits, end)
QKV_FIELDS(LengthErrors, length, wrong)
QKV_FIELDS(HeadsOverTime, writing, reading)
}  // namespace copy_task

QKV_REMOTE(copy_task, head_from)
QKV_REMOTE(copy_task, write_head_from)
QKV_REMOTE(copy_task, initial_state)
QKV_REMOTE(copy_task, step)
QKV_REMOTE(copy_task, task_inputs)
QKV_REMOTE(copy_task, run)
QKV_REMOTE(copy_task, said_bits)
QKV_REMOTE(copy_task, wrong_bits)
QKV_REMOTE(copy_task, wrong_by_length)
QKV_REMOTE(copy_task, heads_over_time)
QKV_REMOTE(copy_task, path)

#endif
