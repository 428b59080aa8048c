"""python3 -m unittest"""

import unittest

import numpy
from template_block import negative


class Negative(unittest.TestCase):
    def test_black_becomes_white(self):
        pixels = numpy.array([0, 255, 100], numpy.uint8)
        made = numpy.empty_like(pixels)

        negative(pixels, made, 1.0)

        self.assertEqual(made.tolist(), [255, 0, 155])


if __name__ == "__main__":
    unittest.main()
