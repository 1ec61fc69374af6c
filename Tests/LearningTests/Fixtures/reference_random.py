"""Ravine's random numbers written a second time, from their description, in NumPy.

Streams: SplitMix64 with a whitening key (Steele, Lea and Flood, 2014).
Normal numbers: the ziggurat of Doornik (2005), 128 blocks.
Dropout masks: 16 lanes of xoshiro128++ (Blackman and Vigna, 2021), 16 bits a unit.
"""

import math

import numpy as np

GOLDEN = 0x9E3779B97F4A7C15
WORD = (1 << 64) - 1
PURPOSES = {"initialization": 1, "order": 2, "dropout": 3, "split": 4, "generation": 5, "probe": 6, "noise": 9}


def mix(z):
    """SplitMix64's finaliser, Stafford's variant 13."""
    z = ((z ^ (z >> 30)) * 0xBF58476D1CE4E5B9) & WORD
    z = ((z ^ (z >> 27)) * 0x94D049BB133111EB) & WORD
    return z ^ (z >> 31)


def key(seed, purpose, step=0, index=0):
    mixed = mix((seed + GOLDEN) & WORD)
    mixed = mix(((mixed ^ (PURPOSES[purpose] << 56) ^ index) + GOLDEN) & WORD)
    high = mix(((mixed ^ step) + GOLDEN) & WORD)
    low = mix((high + GOLDEN) & WORD)
    return high, low


class Stream:
    def __init__(self, key):
        self.state, self.whitening = key

    def word(self):
        self.state = (self.state + GOLDEN) & WORD
        return mix(self.state ^ self.whitening)

    def uniform(self):
        return (self.word() >> 11) * 2.0**-53

    def below(self, bound):
        """Lemire (2019), algorithm 5."""
        product = self.word() * bound
        if product & WORD < bound:
            while product & WORD < ((1 << 64) - bound) % bound:
                product = self.word() * bound
        return product >> 64

    def normal(self):
        while True:
            word = self.word()
            block = word & 127
            signed = word - (1 << 64) if word >> 63 else word
            position = (signed >> 11) * 2.0**-52
            x = position * EDGES[block]
            if abs(position) < EDGES[block + 1] / EDGES[block]:
                return x
            if block == 0:
                return self._beyond_tail(position < 0)
            lower = math.exp(-0.5 * (EDGES[block] * EDGES[block] - x * x))
            upper = math.exp(-0.5 * (EDGES[block + 1] * EDGES[block + 1] - x * x))
            if upper + self.uniform() * (lower - upper) < 1:
                return x

    def _beyond_tail(self, is_negative):
        """Marsaglia (1964)."""
        while True:
            x = math.log(1 - self.uniform()) / TAIL
            y = math.log(1 - self.uniform())
            if -2 * y >= x * x:
                return x - TAIL if is_negative else TAIL - x

    def permutation(self, count):
        """Durstenfeld's shuffle, from the last position down."""
        order = list(range(count))
        for last in range(count - 1, 0, -1):
            other = self.below(last + 1)
            order[last], order[other] = order[other], order[last]
        return np.array(order, dtype=np.int32)


TAIL = 3.442619855899


def _edges(area=9.91256303526217e-3):
    """Right edges of the ziggurat's blocks, from the base up."""
    edges = [area / math.exp(-0.5 * TAIL * TAIL), TAIL]
    while len(edges) < 128:
        edges.append(math.sqrt(-2 * math.log(area / edges[-1] + math.exp(-0.5 * edges[-1] * edges[-1]))))
    return edges + [0.0]


EDGES = _edges()


def noise(seed, step, deviation, rows, width):
    """The normal noise that a step adds to its batch, rows × width, in float64."""
    stream = Stream(key(seed, "noise", step))
    return np.array([deviation * stream.normal() for _ in range(rows * width)]).reshape(rows, width)


def _rotate(x, by):
    return (x << np.uint32(by)) | (x >> np.uint32(32 - by))


def mask_words(key, draws):
    """`draws` × 16 words of the 16 lanes."""
    high, low = key
    a = [mix((high + (2 * lane + 1) * GOLDEN) & WORD) for lane in range(16)]
    b = [mix((low + (2 * lane + 2) * GOLDEN) & WORD) for lane in range(16)]
    s0 = np.array([x & 0xFFFFFFFF for x in a], dtype=np.uint32)
    s1 = np.array([x >> 32 for x in a], dtype=np.uint32)
    s2 = np.array([x & 0xFFFFFFFF for x in b], dtype=np.uint32)
    s3 = np.array([x >> 32 for x in b], dtype=np.uint32)
    words = np.empty((draws, 16), dtype=np.uint32)
    for draw in range(draws):
        words[draw] = _rotate(s0 + s3, 7) + s0
        t = s1 << np.uint32(9)
        s2 = s2 ^ s0
        s3 = s3 ^ s1
        s1 = s1 ^ s2
        s0 = s0 ^ s3
        s2 = s2 ^ t
        s3 = _rotate(s3, 11)
    return words


def keep_threshold(keep_probability):
    return max(1, int(np.floor(keep_probability * 65536 + 0.5)))


def mask(seed, step, layer, keep_probability, rows, width):
    """Booleans, rows × width: whether a unit is present."""
    if keep_probability == 1:
        return np.ones((rows, width), dtype=bool)
    units = rows * width
    words = mask_words(key(seed, "dropout", step, layer), (units + 31) // 32)
    bits = np.stack([words & np.uint32(0xFFFF), words >> np.uint32(16)], axis=1)  # draws × 2 × 16
    return (bits.reshape(-1)[:units] < keep_threshold(keep_probability)).reshape(rows, width)
