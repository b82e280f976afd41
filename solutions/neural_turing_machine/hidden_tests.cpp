// Hidden tests of `neural_turing_machine`: random shapes and values against the reference.
#include "testing/hidden.hpp"

#include "cases.hpp"
#include "remote.hpp"

namespace cases = neural_turing_machine::cases;
using namespace qkv;
using qkv::testing::check_random_cases;

namespace {

/// What the header leaves open, for the arguments of each function.
struct MayRefuse {
    bool operator()(const auto& arguments) const {
        return std::apply([](const auto&... argument) { return cases::leaves_open(argument...); }, arguments);
    }
    bool leaves_out(const auto& arguments) const {
        return std::apply([](const auto&... argument) { return cases::leaves_out(argument...); }, arguments);
    }
};

}  // namespace

QKV_RANDOM_CASES_AND_MISFITS(neural_turing_machine, content_weights, "content", MayRefuse{})
QKV_RANDOM_CASES_AND_MISFITS(neural_turing_machine, interpolate, "interpolation", MayRefuse{})
QKV_RANDOM_CASES_AND_MISFITS(neural_turing_machine, shift_weights, "shift", MayRefuse{})
QKV_RANDOM_CASES_AND_MISFITS(neural_turing_machine, sharpen, "sharpening", MayRefuse{})
QKV_RANDOM_CASES_AND_MISFITS(neural_turing_machine, address, "addressing", MayRefuse{})
QKV_RANDOM_CASES_AND_MISFITS(neural_turing_machine, read, "reading", MayRefuse{})
QKV_RANDOM_CASES_AND_MISFITS(neural_turing_machine, write, "writing", MayRefuse{})

// Numbers out of range are refused, whatever the others are.

QKV_TEST("random strengths below zero", "随机用例：负的强度", "[content]") {
    for (const Index kind : {0, 1}) {
        const auto generate = [kind](Case& drawn) {
            auto [key, strength, memory] = cases::content_weights(drawn);
            return std::tuple{key, cases::outside(kind, 0, 0), memory};
        };
        check_random_cases(learner::content_weights, neural_turing_machine::content_weights, generate);
    }
}

QKV_TEST("random gates outside 0 to 1", "随机用例：0 到 1 之外的门", "[interpolation]") {
    for (const Index kind : {0, 1, 2, 3}) {
        const auto generate = [kind](Case& drawn) {
            auto [content, previous, gate] = cases::interpolate(drawn);
            return std::tuple{content, previous, cases::outside(kind, 0, 1)};
        };
        check_random_cases(learner::interpolate, neural_turing_machine::interpolate, generate);
    }
}

QKV_TEST("random exponents below 1", "随机用例：小于 1 的指数", "[sharpening]") {
    for (const Index kind : {0, 1}) {
        const auto generate = [kind](Case& drawn) {
            auto [weights, gamma] = cases::sharpen(drawn);
            return std::tuple{weights, cases::outside(kind, 1, 1)};
        };
        check_random_cases(learner::sharpen, neural_turing_machine::sharpen, generate);
    }
}

QKV_TEST("random weights of which one is negative, or that are all zero", "随机用例：有一个权重为负，或全为零",
         "[sharpening]") {
    for (const Index kind : {0, 1, 2}) {
        const auto generate = [kind](Case& drawn) {
            auto [weights, gamma] = cases::sharpen(drawn);
            const Index place = drawn.one_of(3), last = weights.size() - 1;
            if (kind == 2) weights.setZero();
            if (kind != 2) weights(place == 0 ? last : place == 1 ? 0 : last / 2) = cases::outside(kind, 0, 0);
            return std::tuple{weights, gamma};
        };
        check_random_cases(learner::sharpen, neural_turing_machine::sharpen, generate);
    }
}

QKV_TEST("random heads of which one number is out of range", "随机用例：读写头有一个数超出范围", "[addressing]") {
    for (const Index kind : {0, 1, 2, 3, 4}) {
        const auto generate = [kind](Case& drawn) {
            auto [head, previous, memory] = cases::address(drawn);
            if (kind == 0) head.strength = cases::outside(0, 0, 0);
            if (kind == 1) head.strength = cases::outside(1, 0, 0);
            if (kind == 2) head.gate = cases::outside(0, 0, 1);
            if (kind == 3) head.gate = cases::outside(2, 0, 1);
            if (kind == 4) head.sharpening = cases::outside(0, 1, 1);
            return std::tuple{head, previous, memory};
        };
        check_random_cases(learner::address, neural_turing_machine::address, generate);
    }
}

QKV_TEST("random erases outside 0 to 1", "随机用例：0 到 1 之外的擦除量", "[writing]") {
    for (const Index kind : {0, 1, 2, 3}) {
        const auto generate = [kind](Case& drawn) {
            auto [memory, writes] = cases::write(drawn);
            if (writes.empty()) return std::tuple{memory, writes};
            const Index which = drawn.one_of(3), where = drawn.one_of(3), last = memory.cols() - 1;
            auto& head = which == 0 ? writes.back() : which == 1 ? writes.front() : writes[writes.size() / 2];
            head.erase(where == 0 ? last : where == 1 ? 0 : last / 2) = cases::outside(kind, 0, 1);
            return std::tuple{memory, writes};
        };
        check_random_cases(learner::write, neural_turing_machine::write, generate);
    }
}
