// The grader. Verbs of the instructors have a program of their own (instructors.cpp): learners never wait for it.
#include "commands/entry.hpp"

int main(int argc, char** argv) {
    return qkv::grader::run_program(argc, argv, [](const qkv::grader::Verb& verb) { return verb.run; });
}
