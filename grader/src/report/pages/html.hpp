// What every page for a browser begins and ends with: self-contained, light and dark, for phones too.
#pragma once

#include <string>

#include "base/text.hpp"

namespace qkv::grader {

/// Text of any origin, as it may stand between tags and in attributes.
std::string escaped(const std::string& text);

/// What may be wider than a telephone, to be moved sideways, by keys too; the label is read aloud.
std::string scrolled(const std::string& label, const std::string& html);

/// The page around a body of HTML. It needs nothing else: no network, no script.
std::string html_page(const std::string& title, const std::string& body, Language language);

}  // namespace qkv::grader
