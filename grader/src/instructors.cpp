// The instructors' program: a whole class, the learners' copy, what others' services take. ./grade builds it when one
// of these verbs is asked for the first time.
#include <string>

#include "class/grade_class.hpp"
#include "commands/entry.hpp"
#include "handout/handout.hpp"

int main(int argc, char** argv) {
    using namespace qkv::grader;
    return run_program(argc, argv, [](const Verb& verb) -> VerbFunction* {
        const std::string name = verb.name;
        if (name == "class") return class_command;
        if (name == "handout") return handout_command;
        if (name == "export") return export_command;
        return verb.run;
    });
}
