// Hidden tests of `memory_augmented_network`: random shapes and values against the reference.
#include "testing/hidden.hpp"

#include "cases.hpp"
#include "remote.hpp"

namespace cases = memory_augmented_network::cases;
using namespace qkv;
using qkv::testing::check_random_cases;

namespace {

/// What the header leaves open, for the arguments of each function.
struct MayRefuse : qkv::testing::Never {
    bool leaves_out(const auto& arguments) const {
        return std::apply([](const auto&... argument) { return cases::leaves_out(argument...); }, arguments);
    }
};

/// The last, the first or a middle one.
Index place(Index which, Index count) { return which == 0 ? count - 1 : which == 1 ? 0 : count / 2; }

}  // namespace

QKV_RANDOM_CASES_AND_MISFITS(memory_augmented_network, cosine_weights, "reading", MayRefuse{})
QKV_RANDOM_CASES_AND_MISFITS(memory_augmented_network, update_usage, "usage", MayRefuse{})
QKV_RANDOM_CASES_AND_MISFITS(memory_augmented_network, least_used_slots, "least_used", MayRefuse{})
QKV_RANDOM_CASES_AND_MISFITS(memory_augmented_network, gate_writes, "gate", MayRefuse{})
QKV_RANDOM_CASES_AND_MISFITS(memory_augmented_network, write_memory, "writing", MayRefuse{})
QKV_RANDOM_CASES_AND_MISFITS(memory_augmented_network, step, "step", MayRefuse{})
QKV_RANDOM_CASES_AND_MISFITS(memory_augmented_network, hebbian_weights, "storing", MayRefuse{})
QKV_RANDOM_CASES_AND_MISFITS(memory_augmented_network, hopfield_energy, "recall", MayRefuse{})
QKV_RANDOM_CASES_AND_MISFITS(memory_augmented_network, hopfield_recall, "recall", MayRefuse{})
QKV_RANDOM_CASES_AND_MISFITS(memory_augmented_network, modern_recall, "modern", MayRefuse{})
QKV_RANDOM_CASES_AND_MISFITS(memory_augmented_network, modern_energy, "modern", MayRefuse{})

// Numbers out of range are refused, whatever the others are.

QKV_TEST("random decays outside 0 to 1", "随机用例：0 到 1 之外的衰减", "[usage]") {
    for (const Index kind : {0, 1, 2, 3}) {
        const auto generate = [kind](Case& drawn) {
            auto [usage, decay, reads, writes] = cases::update_usage(drawn);
            return std::tuple{usage, cases::outside(kind, 0, 1), reads, writes};
        };
        check_random_cases(learner::update_usage, memory_augmented_network::update_usage, generate);
    }
}

QKV_TEST("random numbers of slots that are none, or too many", "随机用例：一个也没有，或超过槽数", "[least_used]") {
    for (const Index n : {-1, 0, 1, 3}) {
        const auto generate = [n](Case& drawn) {
            auto [usage, marked] = cases::least_used_slots(drawn);
            return std::tuple{usage, n <= 0 ? n : usage.size() + n};
        };
        check_random_cases(learner::least_used_slots, memory_augmented_network::least_used_slots, generate);
    }
}

QKV_TEST("random steps with a decay outside 0 to 1", "随机用例：一步之中衰减超出 0 到 1", "[step]") {
    for (const Index kind : {0, 2}) {
        const auto generate = [kind](Case& drawn) {
            auto [state, control, decay] = cases::step(drawn);
            return std::tuple{state, control, cases::outside(kind, 0, 1)};
        };
        check_random_cases(learner::step, memory_augmented_network::step, generate);
    }
}

QKV_TEST("random patterns with an entry that is neither 1 nor -1", "随机用例：模式中有一个元素既不是 1 也不是 -1",
         "[storing]") {
    for (const Index kind : {0, 1, 2, 3}) {
        const auto generate = [kind](Case& drawn) {
            auto [patterns] = cases::hebbian_weights(drawn);
            const Index which = drawn.one_of(3);
            if (patterns.rows() > 0)
                patterns(place(which, patterns.rows()), place(which, patterns.cols())) = cases::no_sign(kind);
            return std::tuple{patterns};
        };
        check_random_cases(learner::hebbian_weights, memory_augmented_network::hebbian_weights, generate);
    }
}

QKV_TEST("random states with an entry that is neither 1 nor -1", "随机用例：状态中有一个元素既不是 1 也不是 -1",
         "[recall]") {
    for (const Index kind : {0, 1, 2, 3}) {
        const auto of_energy = [kind](Case& drawn) {
            auto [weights, state] = cases::hopfield_energy(drawn);
            state(place(drawn.one_of(3), state.size())) = cases::no_sign(kind);
            return std::tuple{weights, state};
        };
        check_random_cases(learner::hopfield_energy, memory_augmented_network::hopfield_energy, of_energy);
        const auto of_recall = [kind](Case& drawn) {
            auto [weights, state, order] = cases::hopfield_recall(drawn);
            state(place(drawn.one_of(3), state.size())) = cases::no_sign(kind);
            return std::tuple{weights, state, order};
        };
        check_random_cases(learner::hopfield_recall, memory_augmented_network::hopfield_recall, of_recall);
    }
}

QKV_TEST("random orders with a number that no unit has", "随机用例：次序中有不存在的单元编号", "[recall]") {
    for (const int beyond : {-1, 0, 7}) {
        const auto generate = [beyond](Case& drawn) {
            auto [weights, state, order] = cases::hopfield_recall(drawn);
            const int wrong = beyond < 0 ? beyond : static_cast<int>(state.size()) + beyond;
            const auto where = place(drawn.one_of(3), static_cast<Index>(order.size()) + 1);
            order.insert(order.begin() + std::min(where, static_cast<Index>(order.size())), wrong);
            return std::tuple{weights, state, order};
        };
        check_random_cases(learner::hopfield_recall, memory_augmented_network::hopfield_recall, generate);
    }
}

QKV_TEST("random betas that are not greater than 0", "随机用例：不大于 0 的 beta", "[modern]") {
    for (const double beta : {0., -1e-9, -2.}) {
        const auto of_recall = [beta](Case& drawn) {
            auto [states, patterns, right] = cases::modern_recall(drawn);
            return std::tuple{states, patterns, static_cast<Scalar>(beta)};
        };
        check_random_cases(learner::modern_recall, memory_augmented_network::modern_recall, of_recall);
        const auto of_energy = [beta](Case& drawn) {
            auto [state, patterns, right] = cases::modern_energy(drawn);
            return std::tuple{state, patterns, static_cast<Scalar>(beta)};
        };
        check_random_cases(learner::modern_energy, memory_augmented_network::modern_energy, of_energy);
    }
}
