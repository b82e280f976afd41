// How a language model speaks: a cache that saves it from reading everything again, what is done with its logits before
// a token is drawn, the search for the best sentence, and a small model that speaks ahead of a large one. You write
// these functions in decoding.cpp; what the exercise `attention` made may be called.
//
// Logits are finite, and any finite numbers will do. A distribution is a row with at least one entry, none below 0, of
// sum 1 (up to rounding); whoever calls sees to that, and nobody need check it. The id of a token is its place in the
// row, from 0. Nothing here is left to chance: numbers that are drawn evenly from 0 (included) to 1 (not included) are
// given, as `uniform`. What does not fit is answered with std::invalid_argument, in every case: also where the result
// would not depend on it.
#ifndef QKV_DECODING_HPP
#define QKV_DECODING_HPP

#include <vector>

#include "attention.hpp"
#include "qkv/matrix.hpp"
#include "qkv/todo.hpp"

namespace decoding {

using qkv::Index;
using qkv::Mask;
using qkv::Matrix;
using qkv::RowVector;
using qkv::Scalar;
using qkv::TokenIds;

/// Keys and values of all tokens so far, a row each, the first token first. With no tokens yet it has no rows, but the
/// columns that it will have.
struct Cache {
    Matrix keys;    ///< (n_cached x d_k)
    Matrix values;  ///< (n_cached x d_v)
};

/// What comes of one call with a cache.
struct CachedAttention {
    Matrix output;  ///< of the new tokens only (n_new x d_v)
    Cache cache;    ///< with the new tokens at its end, for the next call
};

/// Causal attention of new tokens: each looks at all that is in the cache, at the new tokens before it, and at itself.
///
///   keys   = cache.keys, and below them key          values likewise
///   output = softmax(query * keys^T / sqrt(d_k), the future hidden) * values
///
/// The rows are those which causal attention over the whole sequence would give to the new tokens: new token i stands
/// at position n_cached + i. Scores of any size.
///
/// query    (n_new x d_k), n_new at least 1: a prompt comes with all its tokens at once, later ones one by one. Whether
///          no new token is refused, or gives no rows and the same cache, is left to you
/// key      (n_new x d_k)
/// value    (n_new x d_v)
/// cache    (n_cached x d_k) and (n_cached x d_v), n_cached 0 or more
/// throws   std::invalid_argument if query, key and value differ in n_new, the two of the cache in n_cached, query, key
///          and cache in d_k, or value and cache in d_v
///                                                           Vaswani et al. 2017, section 3.2.3; Pope et al. 2022,
///                                                           section 2
CachedAttention attend_cached(const Matrix& query, const Matrix& key, const Matrix& value, const Cache& cache);

/// Makes what was said already less likely.
///
///   penalized(i) = logits(i) / penalty   if i was said and logits(i) > 0
///                  logits(i) * penalty   if i was said and logits(i) <= 0
///                  logits(i)             if i was not said
///
/// A token that was said several times is penalized once.
///
/// logits   (n_vocabulary)
/// said     ids in any order; may be empty
/// penalty  greater than 0; 1 changes nothing, below 1 it is a reward
/// returns  (n_vocabulary)
/// throws   std::invalid_argument if an id has no logit, or if penalty is not greater than 0
///                                                           Keskar et al. 2019 (CTRL), section 4.1, where all are
///                                                           divided; a negative logit would be raised by that
RowVector penalize_repetition(const RowVector& logits, const TokenIds& said, Scalar penalty);

/// The distribution that logits stand for: cold is bold, hot is even.
///
///   probabilities(i) = exp(logits(i) / temperature) / sum over j of exp(logits(j) / temperature)
///
/// With temperature 0 (the limit) the largest logit has probability 1, of equal ones the one with the lowest id.
///
/// logits       (n_vocabulary), at least one
/// temperature  0 or greater
/// returns      (n_vocabulary), a distribution
/// throws       std::invalid_argument if there is no logit, or if temperature is below 0
///                                                           Ackley et al. 1985; Holtzman et al. 2020, section 3.3
RowVector probabilities(const RowVector& logits, Scalar temperature);

/// Keeps the k most probable tokens and shares all probability among them.
///
///   kept(i) = distribution(i) / sum of all that are kept   if i is kept, else 0
///
/// Always exactly k are kept. Of tokens that are equally probable (exactly: no tolerance) the lower id comes first.
///
/// k        at least 1; if there are no more than k tokens, all are kept
/// returns  (n_vocabulary), a distribution
/// throws   std::invalid_argument if k < 1                   Fan et al. 2018, section 5
RowVector top_k(const RowVector& distribution, Index k);

/// Keeps the nucleus, the fewest tokens that together have probability p, and shares all probability among them.
///
///   Tokens are taken one by one, the most probable first (equal ones: the lower id first), for as long as the sum of
///   those taken is below p. So the token with which the sum reaches or crosses p is kept, and it is the last.
///   kept(i) = distribution(i) / sum of all that are kept   if i is kept, else 0
///
/// p        greater than 0, at most 1; with 1 all tokens are kept
/// returns  (n_vocabulary), a distribution
/// throws   std::invalid_argument if p is not greater than 0, or greater than 1
///                                                           Holtzman et al. 2020, section 3.1
RowVector top_p(const RowVector& distribution, Scalar p);

/// Draws a token: the tokens lie side by side on the line from 0 to 1, in the order of their ids, each as long as it is
/// probable; the token is drawn on which `uniform` falls.
///
///   sum of distribution(j) for j < token   <=   uniform   <   sum of distribution(j) for j <= token
///
/// So the border between two belongs to the right one, and a token of probability 0 is never drawn. Where rounding
/// makes the whole sum end below 1 and `uniform` lies beyond it, the last token that is not of probability 0 is drawn.
///
/// uniform  from 0 (included) to 1 (not included)
/// throws   std::invalid_argument if uniform is below 0, or 1 or more
int sample(const RowVector& distribution, Scalar uniform);

/// How the next token is chosen.
struct Sampling {
    Scalar repetition_penalty;  ///< 1 = none
    Scalar temperature;         ///< 1 = as the model has it, 0 = always the best
    Index top_k;                ///< the size of the vocabulary or more = no limit
    Scalar top_p;               ///< 1 = no limit
};

/// The distribution from which the next token is drawn: the logits are penalized, then made a distribution, then top_k
/// and last top_p are kept (of what top_k has returned).
///
/// logits   (n_vocabulary), at least one
/// said     what was said so far, with the prompt
/// throws   std::invalid_argument if one of the four functions would
RowVector next_distribution(const RowVector& logits, const TokenIds& said, const Sampling& settings);

/// A small language model is a list of tables, one for each step: model[t](i, j) is the logit of token j as the word
/// number t (from 0), after token i. All are (n_vocabulary x n_vocabulary).
using Model = std::vector<Matrix>;

/// Speaks: draws a token in each step, until the end token is drawn or there are no more steps.
///
///   said(0) = start
///   said(t + 1) = sample(next_distribution(row said(t) of model[t], said(0) to said(t), settings), uniforms(t))
///
/// model     at least one table; n_vocabulary at least 1
/// start     a token: what stands before the first word. It counts as said
/// end       any number; one that is no token, as -1, never comes
/// uniforms  one for each table; those after the end are not used, and whether they are in range need not be checked
/// returns   what was drawn: without start, with end if it was drawn
/// throws    std::invalid_argument if there is no table, if tables are not square and of one size, if start is no
///           token, if there is not one uniform number for each table, or if one of the functions above would
TokenIds generate(const Model& model, int start, int end, const Sampling& settings, const RowVector& uniforms);

/// Something that a model might say, and what it thinks of it.
struct Hypothesis {
    TokenIds ids;            ///< without start, with end if that was said
    Scalar log_probability;  ///< sum of the log probabilities of all ids
    Scalar score;            ///< log_probability / n^alpha, with n the number of ids
};

/// Looks for the sentences with the best score. The beam holds beginnings that go on; at first one that is empty, of
/// log probability 0. In each step t:
///
///   continue  every beginning of the beam by every token j: its log probability grows by
///             log(exp(l(j)) / sum over i of exp(l(i))), with l the row of model[t] for its last id (at first: start)
///   put by    those which end with `end` are finished. They do not go on, and take no place in the beam
///   keep      of the others, the beam_width with the highest log probability are the new beam
///
/// After the last step what is left in the beam is finished, too: it was cut short. Returned are, of all that are
/// finished, the beam_width with the highest score.
///
/// Ties: of equal log probabilities first what continues the beginning that stands first in the beam (best first), of
/// one beginning the lower id. Of equal scores first what was finished in an earlier step; of one step, in the order of
/// the beam; what was cut short comes last.
///
/// model, start, end   as in generate
/// beam_width  at least 1
/// alpha       0 or greater; 0 = no normalisation, then short sentences are favoured
/// returns     the best first, beam_width of them, or fewer if no more are finished
/// throws      std::invalid_argument if beam_width < 1 or alpha < 0, or where generate would for model or start
///                                                           Sutskever et al. 2014, section 3.2
std::vector<Hypothesis> beam_search(const Model& model, int start, int end, Index beam_width, Scalar alpha);

/// With which probability a token that a small model has drawn may stay, if a large one is to be imitated exactly.
///
///   acceptance = min(1, target(token) / draft(token))
///
/// target   p (n_vocabulary), the distribution of the large model
/// draft    q (n_vocabulary), that of the small one, from which the token was drawn
/// throws   std::invalid_argument if the two differ in n_vocabulary, if they have no such token, or if draft(token)
///          is 0 (it cannot have been drawn)                 Leviathan et al. 2023, section 2.3
Scalar acceptance(const RowVector& target, const RowVector& draft, int token);

/// The distribution from which a token is drawn where the draft's was rejected: what the draft had too little of.
///
///   residual(i) = max(0, target(i) - draft(i)) / sum over j of max(0, target(j) - draft(j))
///
/// Where nothing is left, because both are the same, it is the target.
///
/// returns  (n_vocabulary), a distribution
/// throws   std::invalid_argument if the two differ in n_vocabulary
///                                                           Leviathan et al. 2023, section 2.3
RowVector residual(const RowVector& target, const RowVector& draft);

/// One round of speculative decoding: a small model has drawn n_drafted tokens in a row, the large one has read them
/// all at once. They are gone through in their order:
///
///   drafted[i] stays if uniforms(i) < acceptance(target.row(i), draft.row(i), drafted[i])
///   the first that does not stay is replaced by sample(residual(target.row(i), draft.row(i)), last); what comes after
///   it is thrown away
///   if all stay, one more is drawn, by sample(target.row(n_drafted), last)
///
/// drafted   n_drafted tokens; 0 is allowed
/// draft     (n_drafted x n_vocabulary), row i: the distribution from which drafted[i] was drawn
/// target    (n_drafted + 1 x n_vocabulary), row i: that of the large model in its place; the last, after all of them
/// uniforms  (n_drafted), one for each decision
/// last      for the token that is drawn at the end
/// returns   from 1 to n_drafted + 1 tokens
/// throws    std::invalid_argument if sizes differ, if acceptance would for any of the tokens, or if any of uniforms
///           and last is below 0, or 1 or more               Leviathan et al. 2023, algorithm 1
TokenIds speculate(const TokenIds& drafted, const Matrix& draft, const Matrix& target, const RowVector& uniforms,
                   Scalar last);

}  // namespace decoding

#endif
