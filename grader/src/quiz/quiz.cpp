#include "quiz/quiz.hpp"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <cstdint>
#include <optional>
#include <set>
#include <sstream>
#include <utility>

#include "model/manifest.hpp"

namespace qkv::grader {

namespace fs = std::filesystem;

namespace {

constexpr std::size_t most_questions = 200, most_choices = 8;
constexpr std::size_t apart = 3;  ///< questions before one that was missed comes back

constexpr std::pair<const char*, QuestionKind> kinds[] = {
    {"choice", QuestionKind::choice}, {"short", QuestionKind::brief}, {"trace", QuestionKind::trace}};

/// Texts of a quiz go to a terminal as they are.
Text cleaned(const Text& text) { return {clean(text.en), clean(text.zh)}; }

void read_wrong(Table& entry, Question& question, Faults& faults) {
    for (Table& one : entry.tables("wrong")) {
        question.wrong.push_back({cleaned(one.words("answer")), cleaned(one.translated("why"))});
        if (question.kind == QuestionKind::brief) one.text("check", false);  // for grader/tests/quiz.py alone
        one.refuse_unknown_keys();
    }
    if (question.kind != QuestionKind::choice) return;
    if (question.wrong.size() < 2 || question.wrong.size() >= most_choices)
        faults.add(question.line, fmt::format("a choice needs 2 to {} [[question.wrong]]; this one has {}",
                                              most_choices - 1, question.wrong.size()));
}

Question read_question(Table& entry, Faults& faults) {
    Question question;
    question.line = entry.line();
    question.id = entry.text("id");
    const std::string kind = entry.text("kind");
    const auto* known = std::ranges::find(kinds, kind, [](const auto& pair) { return std::string(pair.first); });
    if (known == std::end(kinds)) {
        if (!kind.empty()) faults.add(entry.line("kind"), "\"kind\" must be choice, short or trace");
        return question;  // which keys belong to it nobody knows
    }
    question.kind = known->second;
    question.prompt = cleaned(entry.translated("prompt"));
    question.code = clean(entry.text("code", question.kind == QuestionKind::trace));
    question.answer = cleaned(entry.words("answer"));
    question.explanation = cleaned(entry.translated("explanation"));
    if (question.kind == QuestionKind::brief) {
        question.accept = entry.texts("accept");
        question.tolerance = entry.number("tolerance", -1, 0, 1e9);
        question.check = entry.text("check", false);
    }
    read_wrong(entry, question, faults);
    entry.refuse_unknown_keys();
    if (!question.id.empty() && !is_id(question.id))
        faults.add(question.line, fmt::format("question id \"{}\" must be snake_case", clean(question.id, 80)));
    return question;
}

// What people type.

/// Bytes of UTF-8 and what they are read as: what an input method for Chinese gives for keys of ASCII, and signs of
/// mathematics.
constexpr std::pair<std::string_view, std::string_view> read_as[] = {{"　", " "}, {"−", "-"},  {"–", "-"}, {"×", "x"},
                                                                     {"、", ","}, {"。", "."}, {"‘", "'"}, {"’", "'"}};

/// Full-width ASCII, U+FF01 to U+FF5E, as ASCII; nothing if the text does not begin with such a character.
std::optional<char> full_width(std::string_view text) {
    if (text.size() < 3 || text[0] != '\xef') return std::nullopt;
    const int middle = static_cast<unsigned char>(text[1]), last = static_cast<unsigned char>(text[2]);
    const int point = ((middle & 0x3f) << 6 | (last & 0x3f)) - 0xf00;
    if ((middle != 0xbc && middle != 0xbd) || point < 1 || point > 0x5e) return std::nullopt;
    return static_cast<char>(point + 0x20);
}

/// In lower case, with single spaces between words and none around them.
std::string plain(std::string_view text) {
    std::string ascii;
    while (!text.empty()) {
        const auto* known =
            std::ranges::find_if(read_as, [&](const auto& pair) { return text.starts_with(pair.first); });
        const auto wide = full_width(text);
        if (known != std::end(read_as))
            ascii += known->second;
        else
            ascii += wide.value_or(text[0]);
        text.remove_prefix(known != std::end(read_as) ? known->first.size() : wide ? 3 : 1);
    }
    std::string line;
    std::istringstream words(ascii);
    for (std::string word; words >> word;) line += (line.empty() ? "" : " ") + word;
    for (char& letter : line) letter = static_cast<char>(letter >= 'A' && letter <= 'Z' ? letter - 'A' + 'a' : letter);
    return line;
}

/// 1,050,624 without its commas; a comma elsewhere is a point.
std::string without_commas(std::string text) {
    const std::size_t first = text.find(',');
    if (first == std::string::npos) return text;
    bool thousands = first >= 1 && first <= 3 && text[0] != '0' && text.find_first_not_of("0123456789,") > text.size();
    for (std::size_t at = first; thousands && at != std::string::npos; at = text.find(',', at + 1))
        thousands = (std::min(text.find(',', at + 1), text.size()) - at) == 4;
    if (thousands)
        std::erase(text, ',');
    else
        std::ranges::replace(text, ',', '.');
    return text;
}

std::optional<double> plain_number(const std::string& text) {
    double value = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
    if (error != std::errc() || end != text.data() + text.size() || !std::isfinite(value)) return std::nullopt;
    return value;
}

/// 0.25, .25, 1/4, 25%, 2.5e-1, 1,050,624.
std::optional<double> number_in(const std::string& said) {
    std::string text = without_commas(said);
    std::erase(text, ' ');
    if (text.starts_with('+')) text.erase(0, 1);
    const std::size_t slash = text.find('/');
    if (slash != std::string::npos) {
        const auto above = plain_number(text.substr(0, slash)), below = plain_number(text.substr(slash + 1));
        return above && below && *below != 0 ? std::optional(*above / *below) : std::nullopt;
    }
    const bool percent = text.ends_with('%');
    if (percent) text.pop_back();
    const auto value = plain_number(text);
    return percent && value ? *value / 100 : value;
}

/// 4 x 6, 4*6, (4, 6), [4,6]: the sizes; none if it is no shape.
std::vector<long> shape_in(std::string text) {
    std::erase_if(text, [](char byte) { return std::string_view("()[]").find(byte) != std::string_view::npos; });
    std::vector<long> sizes;
    std::ranges::replace_if(
        text, [](char byte) { return std::string_view("x*,").find(byte) != std::string_view::npos; }, '\n');
    std::istringstream pieces(text);
    for (std::string piece; std::getline(pieces, piece, '\n');) {
        std::erase(piece, ' ');
        long size = 0;
        const auto [end, error] = std::from_chars(piece.data(), piece.data() + piece.size(), size);
        if (error != std::errc() || end != piece.data() + piece.size() || size < 0) return {};
        sizes.push_back(size);
    }
    return sizes.size() < 2 ? std::vector<long>{} : sizes;
}

/// Half a unit of the last digit that was written: 0.4519 stands for all that rounds to it.
double tolerance_of(const Question& question) {
    if (question.tolerance >= 0) return question.tolerance;
    const std::string& text = question.answer.en;
    const std::size_t point = text.find('.');
    if (point == std::string::npos || text.find('/') != std::string::npos) return 1e-9;
    const std::size_t digits = text.find_first_not_of("0123456789", point + 1);
    const auto places = static_cast<double>(std::min(digits, text.size()) - point - 1);
    return 0.500001 * std::pow(10.0, -places);
}

bool same_in_form(const Question& question, const std::string& said, const std::string& wanted) {
    const std::string text = plain(said), other = plain(wanted);
    if (text == other) return true;
    const AnswerForm form = form_of(question);
    if (form == AnswerForm::shape) return !shape_in(text).empty() && shape_in(text) == shape_in(other);
    const auto value = number_in(text), expected = number_in(other);
    return form == AnswerForm::number && value && expected && std::abs(*value - *expected) <= tolerance_of(question);
}

/// Word for word; where both words are numbers, by their values.
bool same_output(const std::string& said, const std::string& wanted) {
    std::string text = plain(said), other = plain(wanted);
    if (other.find(',') == std::string::npos) std::ranges::replace(text, ',', ' ');
    std::istringstream words(text), expected(other);
    std::string word, expected_word;
    while (words >> word) {
        if (!(expected >> expected_word)) return false;
        const auto value = plain_number(word), number = plain_number(expected_word);
        const bool equal = word == expected_word || (value && number && std::abs(*value - *number) < 1e-9);
        if (!equal) return false;
    }
    return !(expected >> expected_word);
}

bool same_answer(const Question& question, const std::string& said, const Text& wanted) {
    for (const LanguageEntry& entry : languages) {
        const std::string& words = wanted.in(entry.language);
        const bool same = question.kind == QuestionKind::trace   ? same_output(said, words)
                          : question.kind == QuestionKind::brief ? same_in_form(question, said, words)
                                                                 : plain(said) == plain(words);
        if (same) return true;
    }
    return false;
}

/// Where the right answer stands among the choices: the same at every sitting, and not to be guessed.
std::size_t right_place(const Question& question) {
    std::uint32_t sum = 2166136261U;
    for (const char byte : question.id) sum = (sum ^ static_cast<unsigned char>(byte)) * 16777619U;
    return sum % (question.wrong.size() + 1);
}

/// The number of the choice whose letter this is.
std::optional<std::size_t> chosen(const Question& question, const std::string& said) {
    std::string text = plain(said);
    while (!text.empty() && std::string_view("().").find(text.back()) != std::string_view::npos) text.pop_back();
    if (text.starts_with('(')) text.erase(0, 1);
    if (text.size() != 1) return std::nullopt;
    const auto place = static_cast<std::size_t>(text[0] - 'a');
    return place <= question.wrong.size() ? std::optional(place) : std::nullopt;
}

Judgement judge_choice(const Question& question, const std::string& said) {
    const std::size_t right = right_place(question);
    if (const auto place = chosen(question, said)) {
        if (*place == right) return {Worth::right, {}};
        return {Worth::wrong, question.wrong[*place - (*place > right ? 1 : 0)].why};
    }
    if (same_answer(question, said, question.answer)) return {Worth::right, {}};
    for (const WrongAnswer& wrong : question.wrong) {
        if (same_answer(question, said, wrong.answer)) return {Worth::wrong, wrong.why};
    }
    return {Worth::unreadable, {}};
}

}  // namespace

const char* name_of(QuestionKind kind) {
    return std::ranges::find(kinds, kind, &std::pair<const char*, QuestionKind>::second)->first;
}

Quiz load_quiz(const fs::path& file, const std::string& id, const Text& title) {
    Quiz quiz{id, title, {}, file};
    Faults faults(file.string());
    const toml::table document = parse_toml(file, faults);
    if (!faults.lines().empty()) stop(faults.lines());
    Table table(document, "", faults);
    if (title.en.empty()) quiz.title = cleaned(table.translated("title"));
    std::set<std::string> ids;
    for (Table& entry : table.tables("question")) {
        quiz.questions.push_back(read_question(entry, faults));
        const Question& question = quiz.questions.back();
        if (!ids.insert(question.id).second)
            faults.add(question.line, fmt::format("two questions have the id \"{}\"", clean(question.id, 80)));
    }
    table.refuse_unknown_keys();
    if (quiz.questions.empty()) faults.add(1, "the quiz has no [[question]]");
    if (quiz.questions.size() > most_questions)
        faults.add(1, fmt::format("{} questions; {} are the most", quiz.questions.size(), most_questions));
    if (!faults.lines().empty()) stop(faults.lines());
    return quiz;
}

std::vector<Quiz> load_quizzes(const fs::path& root, const std::vector<Exercise>& catalog) {
    std::vector<std::pair<std::string, Text>> places;
    std::error_code error;
    for (const auto& entry : fs::directory_iterator(root / "exercises", error)) {
        const std::string id = entry.path().filename().string();
        const bool is_exercise = std::ranges::find(catalog, id, &Exercise::id) != catalog.end();
        if (!is_exercise && fs::exists(entry.path() / "quiz.toml")) places.emplace_back(id, Text{});
    }
    std::ranges::sort(places, {}, &std::pair<std::string, Text>::first);
    for (const Exercise& exercise : catalog) places.emplace_back(exercise.id, exercise.title);
    std::vector<Quiz> quizzes;
    for (const auto& [id, title] : places) {
        const fs::path file = root / "exercises" / id / "quiz.toml";
        if (fs::exists(file)) quizzes.push_back(load_quiz(file, id, title));
    }
    return quizzes;
}

std::vector<Text> choices(const Question& question) {
    std::vector<Text> all;
    for (const WrongAnswer& wrong : question.wrong) all.push_back(wrong.answer);
    all.insert(all.begin() + static_cast<std::ptrdiff_t>(right_place(question)), question.answer);
    return all;
}

AnswerForm form_of(const Question& question) {
    const std::string text = plain(question.answer.en);
    if (number_in(text)) return AnswerForm::number;
    return shape_in(text).empty() ? AnswerForm::words : AnswerForm::shape;
}

Judgement judge(const Question& question, const std::string& said) {
    if (plain(said).empty()) return {Worth::unreadable, {}};
    if (question.kind == QuestionKind::choice) return judge_choice(question, said);
    if (same_answer(question, said, question.answer)) return {Worth::right, {}};
    for (const std::string& other : question.accept) {
        if (plain(other) == plain(said)) return {Worth::right, {}};
    }
    for (const WrongAnswer& wrong : question.wrong) {
        if (same_answer(question, said, wrong.answer)) return {Worth::wrong, wrong.why};
    }
    if (question.kind == QuestionKind::trace) return {Worth::wrong, {}};
    const AnswerForm form = form_of(question);
    const bool readable = form == AnswerForm::number  ? number_in(plain(said)).has_value()
                          : form == AnswerForm::shape ? !shape_in(plain(said)).empty()
                                                      : true;
    return {readable ? Worth::wrong : Worth::unreadable, {}};
}

std::string right_answer(const Question& question, Language language) {
    const std::string& words = question.answer.in(language);
    if (question.kind != QuestionKind::choice) return words;
    return fmt::format("{}  {}", static_cast<char>('a' + right_place(question)), words);
}

Sitting sitting_of(const std::vector<std::size_t>& questions) { return {{questions.begin(), questions.end()}}; }

void take_answer(Sitting& sitting, bool right) {
    const std::size_t question = sitting.waiting.front();
    sitting.waiting.pop_front();
    if (right) return;
    const auto place = static_cast<std::ptrdiff_t>(std::min(apart, sitting.waiting.size()));
    sitting.waiting.insert(sitting.waiting.begin() + place, question);
}

Answers read_sheet(const std::string& text, const std::string& name, const Quiz& quiz) {
    Answers answers;
    std::istringstream lines(text);
    int number = 0;
    for (std::string line; std::getline(lines, line);) {
        ++number;
        const auto refuse = [&](const Text& what) {
            throw Failure(wrong_usage, said({"{}:{}: {}", "{}:{}: {}"}, clean(name, 200), number, what));
        };
        if (number == 1 && line.starts_with("\xef\xbb\xbf")) line.erase(0, 3);
        const std::size_t begin = line.find_first_not_of(" \t\r");
        if (begin == std::string::npos || line[begin] == '#') continue;
        const std::size_t colon = line.find(':'), wide = line.find("：");
        const std::size_t end = std::min(colon, wide);
        if (end == std::string::npos) refuse({"a line of answers is \"id: answer\"", "答案的写法是“题目编号: 答案”"});
        const std::string id = stripped(line.substr(0, end));
        if (std::ranges::find(quiz.questions, id, &Question::id) == quiz.questions.end())
            refuse(said({"{} has no question \"{}\"", "{} 没有编号为 {} 的题目"}, quiz.id, clean(id, 80)));
        const std::string answer = stripped(line.substr(end + (end == colon ? 1 : 3)));
        if (answers.contains(id)) refuse(said({"\"{}\" is answered twice", "{} 答了两次"}, id));
        if (!answer.empty()) answers[id] = answer;
    }
    return answers;
}

const char* name_of(QuestionStatus status) {
    return status == QuestionStatus::right ? "right" : status == QuestionStatus::wrong ? "wrong" : "unanswered";
}

std::size_t QuizResult::count(QuestionStatus status) const {
    return static_cast<std::size_t>(std::ranges::count(questions, status, &QuestionResult::status));
}

QuizResult judge_sheet(const Quiz& quiz, const Answers& answers) {
    QuizResult result{quiz.id, quiz.title, {}};
    for (const Question& question : quiz.questions) {
        const auto found = answers.find(question.id);
        if (found == answers.end()) {
            result.questions.push_back({question, QuestionStatus::unanswered, 0, "", {}});
            continue;
        }
        const std::string answer = clean(found->second, 1000);
        const Judgement judgement = judge(question, found->second);
        const bool right = judgement.worth == Worth::right;
        result.questions.push_back(
            {question, right ? QuestionStatus::right : QuestionStatus::wrong, 1, answer, judgement});
    }
    return result;
}

QuizResult remembered(const Quiz& quiz, const std::map<std::string, Answered>& state) {
    QuizResult result{quiz.id, quiz.title, {}};
    for (const Question& question : quiz.questions) {
        const auto found = state.find(key_of(quiz, question));
        const Answered answered = found == state.end() ? Answered{} : found->second;
        const QuestionStatus status = answered.right       ? QuestionStatus::right
                                      : answered.tries > 0 ? QuestionStatus::wrong
                                                           : QuestionStatus::unanswered;
        result.questions.push_back({question, status, answered.tries, "", {}});
    }
    return result;
}

std::string key_of(const Quiz& quiz, const Question& question) { return quiz.id + "/" + question.id; }

}  // namespace qkv::grader
