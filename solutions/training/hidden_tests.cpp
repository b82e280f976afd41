// Hidden tests of `training`: random shapes and values against the reference, and a run to the end.
#include "testing/hidden.hpp"

#include <cmath>

#include "cases.hpp"
#include "golden_model.hpp"
#include "remote.hpp"

namespace cases = training::cases;
using namespace qkv;
using namespace qkv::testing;
using namespace training::tests;

namespace {

/// What the header leaves open, for the arguments of each function.
struct MayRefuse {
    bool operator()(const auto& arguments) const { return cases::may_refuse(arguments); }
};

}  // namespace

QKV_RANDOM_CASES(training, global_norm, "clipping")
QKV_RANDOM_CASES(training, clip_gradients, "clipping")
QKV_RANDOM_CASES(training, adam_start, "adam")
QKV_RANDOM_CASES_AND_MISFITS(training, adam_step, "adam", Never{})
QKV_RANDOM_CASES_AND_MISFITS(training, noam_rate, "schedule", Never{})
QKV_RANDOM_CASES_AND_MISFITS(training, dropout, "dropout", MayRefuse{})
QKV_RANDOM_CASES_AND_MISFITS(training, dropout_backward, "dropout", MayRefuse{})
QKV_RANDOM_CASES_AND_MISFITS(training, feed_forward_backward, "feed_forward", Never{})
QKV_RANDOM_CASES_AND_MISFITS(training, encoder_layer_backward, "encoder_layer", MayRefuse{})
QKV_RANDOM_CASES_AND_MISFITS(training, decoder_layer_backward, "decoder_layer", MayRefuse{})
QKV_RANDOM_CASES_AND_MISFITS(training, logits, "loss", MayRefuse{})
QKV_RANDOM_CASES_AND_MISFITS(training, loss_and_gradient, "loss", MayRefuse{})
QKV_RANDOM_CASES_AND_MISFITS(training, training_step, "step", MayRefuse{})

QKV_TEST("random largest norms that are not greater than 0", "随机用例：不大于 0 的梯度上限", "[clipping]") {
    for (const double wrong : {0., -1e-9, -2.}) {
        const auto generate = [wrong](Case& drawn) {
            auto [gradients, right] = cases::clip_gradients(drawn);
            return std::tuple{gradients, static_cast<Scalar>(wrong)};
        };
        check_random_cases(learner::clip_gradients, training::clip_gradients, generate);
    }
}

QKV_TEST("random betas and epsilons out of range", "随机用例：beta 和 epsilon 超出范围", "[adam]") {
    for (const int kind : {0, 1, 2, 3, 4, 5}) {
        const auto generate = [kind](Case& drawn) {
            auto [parameters, gradients, state, rate, settings] = cases::adam_step(drawn);
            (kind < 2   ? settings.beta1
             : kind < 4 ? settings.beta2
                        : settings.epsilon) = kind == 4       ? Scalar{0}
                                              : kind % 2 == 0 ? Scalar{1}
                                                              : Scalar(-1e-9);
            return std::tuple{parameters, gradients, state, rate, settings};
        };
        check_random_cases(learner::adam_step, training::adam_step, generate);
    }
}

// A state of no matrices is what adam_start returns for no parameters, and for no others.

QKV_TEST("random steps from an empty state", "随机用例：从空的状态走一步", "[adam]") {
    const auto generate = [](Case& drawn) {
        auto [parameters, gradients, state, rate, settings] = cases::adam_step(drawn);
        return std::tuple{parameters, gradients, training::AdamState{0, {}, {}}, rate, settings};
    };
    check_random_cases(learner::adam_step, training::adam_step, generate);
}

QKV_TEST("random training steps from an empty state", "随机用例：从空的状态训练一步", "[step]") {
    const auto generate = [](Case& drawn) {
        auto [model, state, batch, settings] = cases::training_step(drawn);
        return std::tuple{model, training::AdamState{0, {}, {}}, batch, settings};
    };
    check_random_cases(learner::training_step, training::training_step, generate);
}

QKV_TEST("random dropout rates outside 0 to 1", "随机用例：丢弃率超出 0 到 1", "[dropout]") {
    for (const double wrong : {1., -1e-9, 2.}) {
        const auto generate = [wrong](Case& drawn) {
            auto [input, kept, right] = cases::dropout(drawn);
            return std::tuple{input, kept, static_cast<Scalar>(wrong)};
        };
        check_random_cases(learner::dropout, training::dropout, generate);
        check_random_cases(learner::dropout_backward, training::dropout_backward, generate);
    }
}

QKV_TEST("after half of PyTorch's run four letters are turned round, as well as PyTorch's model does it",
         "走完 PyTorch 训练的一半，四个字母就会倒着说了，与 PyTorch 的模型一样好", "[step]") {
    training::Model model = fresh_model();
    std::vector<Matrix> zeros = training::parameters(model);
    for (Matrix& each : zeros) each.setZero();
    training::AdamState state{0, zeros, zeros};
    const Index n_steps = 150, last = 20;
    Scalar sum = 0;
    Index step = 0;
    for (const std::vector<training::Sentence>& batch : task_batches(n_steps, 8, 0)) {
        const training::TrainingStep after = learner::training_step(model, state, batch, settings(0, n_steps));
        REQUIRE(std::isfinite(after.loss));
        if (++step > n_steps - last) sum += after.loss;
        model = after.model;
        state = after.state;
    }
    // PyTorch's mean over these steps; rounding sends the two ways apart, but not to another place.
    const Scalar theirs = golden("run/losses").middleCols(n_steps - last, last).mean();
    CHECK(sum / static_cast<Scalar>(last) < theirs + Scalar{0.1});
}
