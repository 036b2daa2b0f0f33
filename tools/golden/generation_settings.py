"""Settings of `generate`, drawn at random, by their names in transformers.

Lists of pairs stand for the dictionaries that JSON cannot hold (`sequence_bias`).
"""

# Runs of a model: each mode with settings of its own.
MODES = (
    "greedy", "greedy", "greedy", "greedy", "beams", "beams", "beams", "beams", "beams", "beams",
    "groups", "groups", "groups", "sample", "sample", "sample", "sample", "beam_sample",
    "beam_sample", "beam_sample",
)


class Drawer:
    """Chances and values from a generator."""

    def __init__(self, generator, vocabulary: int, special: tuple[int, ...]):
        self.generator = generator
        self.vocabulary = vocabulary
        self.special = special

    def chance(self, share: float) -> bool:
        return self.generator.random() < share

    def pick(self, *values):
        return values[self.generator.integers(len(values))]

    def between(self, low: int, high: int) -> int:
        return int(self.generator.integers(low, high + 1))

    def number(self, low: float, high: float) -> float:
        return round(float(self.generator.uniform(low, high)), 2)

    def id(self) -> int:
        """An ordinary id."""
        return self.between(max(self.special) + 1, self.vocabulary - 1)

    def words(self, count: int) -> list[list[int]]:
        return [[self.id() for _ in range(self.between(1, 3))] for _ in range(count)]


def draw_settings(mode: str, drawer: Drawer, eos: int, start_length: int, is_padded: bool) -> dict:
    settings = lengths(drawer, start_length)
    settings |= scores(mode, drawer, eos, start_length, is_padded)
    settings |= {
        "greedy": lambda: {},
        "beams": lambda: beams(drawer),
        "groups": lambda: groups(drawer),
        "sample": lambda: sampling(drawer) | (
            {"num_return_sequences": drawer.between(2, 3)} if drawer.chance(0.4) else {}),
        "beam_sample": lambda: sampling(drawer) | beams(drawer),
    }[mode]()
    if mode == "beam_sample" or drawer.chance(0.2):
        # Where an id is forced, too few candidates are left to draw from.
        settings["forced_eos_token_id"] = None
        settings.pop("forced_bos_token_id", None)
    elif drawer.chance(0.2):
        settings["forced_eos_token_id"] = eos
    if settings.get("num_return_sequences", 1) > 1 and mode == "sample":
        # transformers gives it to the first rows alone.
        settings.pop("encoder_repetition_penalty", None)
    return settings


def lengths(drawer, start_length):
    settings = {}
    if drawer.chance(0.6):
        settings["max_length"] = start_length + drawer.between(3, 22)
    elif drawer.chance(0.7):
        settings["max_new_tokens"] = drawer.between(3, 22)
    if drawer.chance(0.3):
        settings["min_length"] = start_length + drawer.between(1, 8)
    elif drawer.chance(0.2):
        settings["min_new_tokens"] = drawer.between(1, 8)
    return settings


def scores(mode, drawer, eos, start_length, is_padded):
    settings = {}
    if drawer.chance(0.25):
        settings["repetition_penalty"] = drawer.number(0.8, 1.6)
    if drawer.chance(0.25):
        settings["no_repeat_ngram_size"] = drawer.between(1, 3)
    if not is_padded and drawer.chance(0.25):
        settings["encoder_no_repeat_ngram_size"] = drawer.between(1, 3)
    if not is_padded and mode in ("greedy", "sample") and drawer.chance(0.3):
        settings["encoder_repetition_penalty"] = drawer.number(0.8, 1.5)
    if drawer.chance(0.15):
        settings["sequence_bias"] = [
            [words, drawer.number(-4, 4)] for words in drawer.words(drawer.between(1, 3))
        ]
    if drawer.chance(0.15):
        settings["bad_words_ids"] = drawer.words(drawer.between(1, 3))
        if drawer.chance(0.3):
            settings["bad_words_ids"].append([eos])
    if drawer.chance(0.15):
        settings["suppress_tokens"] = sorted({drawer.id() for _ in range(3)})
    if drawer.chance(0.15):
        settings["begin_suppress_tokens"] = sorted({drawer.id() for _ in range(4)})
    if drawer.chance(0.15):
        settings["exponential_decay_length_penalty"] = [
            drawer.between(0, 6), drawer.number(1.01, 1.5),
        ]
    if drawer.chance(0.15):
        settings["forced_bos_token_id"] = drawer.id()
    if mode != "beam_sample" and drawer.chance(0.1):
        settings["forced_decoder_ids"] = [
            [start_length + i, drawer.id()] for i in range(drawer.between(1, 2))
        ]
    if drawer.chance(0.15):
        settings["renormalize_logits"] = True
    if mode != "beam_sample" and drawer.chance(0.15):
        settings["eos_token_id"] = [eos, drawer.id()]
    elif drawer.chance(0.1):
        settings["eos_token_id"] = drawer.pick(None, drawer.id())
        if settings["eos_token_id"] is None:
            # transformers fails.
            settings.pop("exponential_decay_length_penalty", None)
    return settings


def beams(drawer):
    count = drawer.between(2, 5)
    settings = {"num_beams": count}
    if drawer.chance(0.6):
        settings["early_stopping"] = drawer.pick(True, False, "never")
    if drawer.chance(0.6):
        settings["length_penalty"] = drawer.pick(0.0, 0.5, 0.8, 2.0, -0.5, 1.3)
    if drawer.chance(0.4):
        settings["num_return_sequences"] = drawer.between(1, count)
    return settings


def groups(drawer):
    size, count = drawer.between(1, 2), drawer.between(2, 3)
    settings = beams(drawer) | {
        "num_beams": size * count,
        "num_beam_groups": count,
        "diversity_penalty": drawer.number(0.1, 2),
    }
    if "num_return_sequences" in settings:
        settings["num_return_sequences"] = drawer.between(1, size * count)
    return settings


def sampling(drawer):
    settings = {"do_sample": True, "seed": drawer.between(0, 1000)}
    if drawer.chance(0.5):
        settings["temperature"] = drawer.number(0.4, 2)
    if drawer.chance(0.5):
        settings["top_k"] = drawer.pick(0, 3, 8, 20)
    if drawer.chance(0.4):
        settings["top_p"] = drawer.number(0.3, 0.98)
    if drawer.chance(0.25):
        settings["typical_p"] = drawer.number(0.3, 0.95)
    if drawer.chance(0.2):
        settings["epsilon_cutoff"] = drawer.pick(0.01, 0.03)
    if drawer.chance(0.2):
        settings["eta_cutoff"] = drawer.pick(0.01, 0.05, 0.2)
    return settings
