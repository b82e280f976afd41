#include "report/pages/html.hpp"

namespace qkv::grader {

namespace {

constexpr const char* style_of_page = R"css(
:root { color-scheme: light dark; --ground: #ffffff; --ink: #1c2129; --faint: #57606a; --line: #d0d7de; --bad: #b3261e; }
@media (prefers-color-scheme: dark) {
  :root { --ground: #14171c; --ink: #e8ecf1; --faint: #a3adb8; --line: #3a424c; --bad: #ff8a80; }
}
* { box-sizing: border-box; }
body { margin: 0 auto; max-width: 76rem; padding: 1.25rem; background: var(--ground); color: var(--ink);
  font: 1rem/1.5 system-ui, "Noto Sans", "Noto Sans CJK SC", "PingFang SC", "Microsoft YaHei", sans-serif; }
h1 { font-size: 1.5rem; line-height: 1.25; margin: 0 0 .25rem; }
h2 { font-size: 1.15rem; margin: 2.25rem 0 .25rem; padding-top: 1.25rem; border-top: 1px solid var(--line); }
p { margin: .25rem 0 .75rem; }
.faint { color: var(--faint); }
.bad { color: var(--bad); white-space: pre-wrap; overflow-wrap: anywhere; }
.row { display: flex; flex-wrap: wrap; gap: 1.5rem; align-items: flex-start; }
figure { margin: .5rem 0; max-width: 100%; }
figcaption { font-weight: 600; font-size: .95rem; margin-bottom: .35rem; }
.scroll { overflow-x: auto; max-width: 100%; }
.scroll:focus-visible { outline: 2px solid var(--faint); outline-offset: 2px; }
svg { display: block; color: var(--ink); max-width: none; }
details { margin: .35rem 0; }
summary { cursor: pointer; color: var(--faint); font-size: .9rem; }
table { border-collapse: collapse; font-size: .85rem; font-variant-numeric: tabular-nums; }
th, td { padding: .1rem .4rem; text-align: right; border: 1px solid var(--line); font-weight: 400; }
th { color: var(--faint); }
.words { text-align: left; white-space: pre-wrap; vertical-align: top; }
pre { white-space: pre-wrap; overflow-wrap: anywhere; font-size: .85rem; }
)css";

}  // namespace

std::string escaped(const std::string& text) {
    std::string result;
    for (const char letter : text) {
        switch (letter) {
            case '&':
                result += "&amp;";
                break;
            case '<':
                result += "&lt;";
                break;
            case '>':
                result += "&gt;";
                break;
            case '"':
                result += "&quot;";
                break;
            default:
                result += letter;
        }
    }
    return result;
}

std::string scrolled(const std::string& label, const std::string& html) {
    return fmt::format("<div class=\"scroll\" role=\"region\" tabindex=\"0\" aria-label=\"{}\">{}</div>",
                       escaped(label), html);
}

std::string html_page(const std::string& title, const std::string& body, Language language) {
    return fmt::format(
        "<!DOCTYPE html>\n<html lang=\"{}\">\n<head>\n<meta charset=\"utf-8\">\n<meta name=\"viewport\" "
        "content=\"width=device-width, initial-scale=1\">\n<meta name=\"color-scheme\" content=\"light dark\">\n"
        "<title>{}</title>\n<style>{}</style>\n</head>\n<body>\n<main>\n{}</main>\n</body>\n</html>\n",
        say({"en", "zh-CN"}, language), escaped(title), style_of_page, body);
}

}  // namespace qkv::grader
