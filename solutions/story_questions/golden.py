"""Golden values of `story_questions`, computed by PyTorch in float64 from the trained float32 weights."""

import pathlib
import sys

import numpy
import torch

HERE = pathlib.Path(__file__).resolve()
sys.path[:0] = [str(HERE.parents[2] / "common" / "golden")]
import golden  # noqa: E402
import golden_torch  # noqa: E402
import tensor_file  # noqa: E402

torch.set_default_dtype(torch.float64)
torch.set_num_threads(1)
MODEL = HERE.parents[2] / "exercises" / "story_questions" / "model" / "model.safetensors"


def stories_of(row):
    """(sentences, question) of each story."""
    stories, sentences, words = [], [], []
    for word in row.tolist():
        if word == 254:
            sentences, words = sentences + [words], []
        elif word == 255:
            stories.append((sentences, words))
            sentences, words = [], []
        else:
            words.append(word)
    return stories


def encode(words, table, by_position):
    """Sukhbaatar et al. 2015, section 4.1."""
    rows = table[torch.tensor(words, dtype=torch.int64)]
    j = torch.arange(1.0, len(words) + 1)[:, None] / max(len(words), 1)
    k = torch.arange(1.0, table.shape[1] + 1)[None] / table.shape[1]
    return (rows * ((1 - j) - k * (1 - 2 * j)) if by_position else rows).sum(0)


def look_inside(asked, embeddings, temporal, by_position):
    """States, weights of every hop, logits. Only the newest sentences are read, as many as have an age."""
    sentences, question = asked
    kept = sentences[max(0, len(sentences) - min([len(t) for t in temporal] + [len(sentences)])) :]

    def memory(k):
        rows = torch.stack([encode(words, embeddings[k], by_position) for words in kept])
        return rows + temporal[k][: len(kept)].flip(0) if temporal else rows

    states, weights = [encode(question, embeddings[0], by_position)], []
    for k in range(len(embeddings) - 1):
        weights.append(torch.softmax(memory(k) @ states[-1], 0))
        states.append(states[-1] + weights[-1] @ memory(k + 1))
    return {"states": torch.stack(states), "weights": torch.stack(weights), "logits": embeddings[-1] @ states[-1]}


def first_largest(logits):
    return int(numpy.argmax(numpy.asarray(logits)))


def store(arrays, name, trace):
    arrays |= {f"{name}/{part}": array for part, array in trace.items()}


# ---------------------------------------------------------------------------- the trained network

arrays = {}
model = tensor_file.read(MODEL)
weights = [[torch.tensor(model[f"{name}/{k}"]).double() for k in range(4)] for name in ("embeddings", "temporal")]
stories = stories_of(model["held/stories"])
traces = [look_inside(asked, *weights, True) for asked in stories]
for n in (0, 100, 200):
    store(arrays, str(n), traces[n])
said = numpy.array([first_largest(trace["logits"]) for trace in traces])
margins = [trace["logits"].topk(2).values for trace in traces]
assert min(float(m[0] - m[1]) for m in margins) > 1e-6
# Of equal weights the newest: argmax of the reversed row.
found = numpy.array([[w.shape[1] - 1 - int(row.flip(0).argmax()) for row in w] for w in (t["weights"] for t in traces)])
kinds = model["held/kinds"]
accuracy = numpy.array([(said == model["held/answers"])[kinds == k].mean() for k in range(3)])
support = numpy.array([(found == model["held/support"])[kinds == k].mean(0) for k in range(3)])
arrays |= {"said": said, "found": found, "accuracy": accuracy, "support": support}
long = ([stories[250][0][0]] * 30 + stories[200][0], stories[200][1])
both = [first_largest(look_inside(asked, *weights, True)["logits"]) for asked in (long, (long[0][-20:], long[1]))]
assert both[0] == both[1]
arrays["long/said"] = numpy.array(both)

# --------------------------------------------------------------- the statement's example, and random numbers

example = [torch.zeros(8, 4) for _ in range(3)]
example[0][4, 0] = example[1][0, 1] = example[1][1, 2] = example[2][5, 3] = 2
example[1][3, 0], example[2][6, 3] = 1, -2
store(arrays, "example", look_inside(([[0, 2, 4], [1, 3, 6], [0, 3, 5]], [7, 4]), example, [], False))

numbers = golden_torch.Numbers(2015)
small = [[numbers(9, 5) / 4 for _ in range(3)], [numbers(rows, 5) / 4 for rows in (6, 4, 5)]]
for k in range(3):
    arrays |= {f"small/embeddings/{k}": small[0][k], f"small/temporal/{k}": small[1][k]}
questions = [([[3, 1, 4], [1, 5], [], [8, 2, 6, 0, 3]], [7, 7, 1]), ([[0], [1, 2]], [3, 4, 5, 6]), ([[5, 6]], [8, 0])]
for name, by_position in (("small", True), ("small_bag", False)):
    store(arrays, name, look_inside(questions[0], *small, by_position))
    arrays[name + "/said"] = numpy.array(
        [first_largest(look_inside(asked, *small, by_position)["logits"]) for asked in questions])
assert (arrays["small/said"] != arrays["small_bag/said"]).any()

if __name__ == "__main__":
    if "--figures" in sys.argv:  # what PyTorch measures
        print("accuracy", accuracy, "support", support, sep="\n")
    else:
        golden.main("story_questions", arrays)
