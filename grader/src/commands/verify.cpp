#include "commands.hpp"
namespace qkv { int verify_command(const Kit&, const Arguments&) { return 3; } }
