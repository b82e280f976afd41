// Reads which functions a C++ file of an exercise declares or defines. It knows the plain style of
// interfaces, stubs and references, not all of C++: for names in messages and for checks of agreement.
#pragma once

#include <string>
#include <vector>

namespace qkv::grader {

struct Declaration {
    std::string name;
    std::vector<std::string> parameters;  ///< their names; empty texts where there is none
    int line = 0;
    bool defined = false;  ///< has a body
};

/// The free functions of named namespaces and of the file, in order; not those of a class, of an
/// unnamed namespace, or static ones.
std::vector<Declaration> declarations(const std::string& source);

}  // namespace qkv::grader
