// Hidden tests of `multi_head_attention`: random shapes and values against the reference.
#include "testing/hidden.hpp"

#include "cases.hpp"
#include "remote.hpp"

using namespace qkv::testing;
using multi_head_attention::Matrix;

namespace {

constexpr auto may_refuse = [](const auto& arguments) { return multi_head_attention::cases::may_refuse(arguments); };

/// The header says nothing about features without columns, so nobody is asked.
struct WithColumns : Never {
    bool leaves_out(const auto& arguments) const { return std::get<0>(arguments).cols() == 0; }
};

/// Without keys code may stop in Eigen before it has seen that something else does not fit: that is a refusal, too.
template <class Function>
struct StopsWithoutKeys {
    explicit StopsWithoutKeys(const Function& stops) : function(stops) {}
    const Function& function;
    auto name() const { return function.name(); }
    auto operator()(const Matrix& first, const Matrix& keys, const auto&... others) const {
        try {
            return function(first, keys, others...);
        } catch (const qkv::harness::CallFailed&) {
            throw;
        } catch (const std::exception& stop) {
            if (keys.rows() == 0) throw std::invalid_argument(stop.what());
            throw;
        }
    }
};

}  // namespace

QKV_RANDOM_CASES_AND_MISFITS(multi_head_attention, linear, "linear", Never{})

QKV_RANDOM_CASES_AND_MISFITS(multi_head_attention, split_heads, "split_and_merge", WithColumns{})
QKV_RANDOM_CASES_AND_MISFITS(multi_head_attention, merge_heads, "split_and_merge", Never{})

QKV_TEST("random cases of attend_heads", "随机用例：attend_heads", "[attend_heads]") {
    check_random_cases(StopsWithoutKeys(learner::attend_heads), multi_head_attention::attend_heads,
                       multi_head_attention::cases::attend_heads, may_refuse, true);
}

QKV_TEST("random cases of multi_head_attention", "随机用例：multi_head_attention", "[multi_head_attention]") {
    check_random_cases(StopsWithoutKeys(learner::multi_head_attention), multi_head_attention::multi_head_attention,
                       multi_head_attention::cases::multi_head_attention, may_refuse, true);
}
