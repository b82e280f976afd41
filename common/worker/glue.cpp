// The glue of one exercise's worker: compiled once an exercise, it puts the functions of remote.hpp
// on the worker's table.
#include QKV_INTERFACE

#include "worker/worker.hpp"

#include "remote.hpp"
