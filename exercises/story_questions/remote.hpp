// What may be called from the tests: the fields of each struct, one line a graded function.
#ifndef QKV_STORY_QUESTIONS_REMOTE_HPP
#define QKV_STORY_QUESTIONS_REMOTE_HPP

#include "story_questions.hpp"
#include "wire/fields.hpp"
#include "wire/interface.hpp"

namespace memory_network {
QKV_FIELDS(AdjacentModel, embeddings, temporal)
}  // namespace memory_network

namespace story_questions {
QKV_FIELDS(Asked, story, question)
QKV_FIELDS(Trace, states, weights, logits)
}  // namespace story_questions

QKV_REMOTE(story_questions, split_words)
QKV_REMOTE(story_questions, words_to_ids)
QKV_REMOTE(story_questions, read_text)
QKV_REMOTE(story_questions, look_inside)
QKV_REMOTE(story_questions, answers)
QKV_REMOTE(story_questions, answer_text)
QKV_REMOTE(story_questions, supporting_sentences)
QKV_REMOTE(story_questions, accuracy_by_kind)
QKV_REMOTE(story_questions, support_by_kind)

#endif
