#!/usr/bin/env python3
"""Publishes the negative of the pictures on `image`, as `result`."""

import numpy
import vc


def negative(pixels, made, strength):
    """Writes `pixels`, mixed with their negative, into `made`: 0 is the picture as it is, 1 its negative."""
    values = numpy.arange(256)
    # What becomes of each value that a byte can have.
    table = (values + (255 - 2 * values) * strength + 0.5).astype(numpy.uint8)
    numpy.take(table, pixels, out=made, mode="clip")


def main():
    # Ports and parameters are stated once: `--help`, `vclaunch check` and the node itself go by this.
    block = vc.Block("template_block", "Mixes pictures with their negatives.")
    image = block.input("image", "sensor_msgs/msg/Image", "Pictures to work on.", required=True)
    result = block.output("result", "sensor_msgs/msg/Image", "What became of the picture; of its size and layout.")
    strength = block.parameter("strength", 1.0, "0: the picture as it is. 1: its negative.", range=(0.0, 1.0))

    with block.open() as node:
        publisher = node.publisher(result)

        @node.on(image)
        def _(picture):
            layout = {name: getattr(picture, name) for name in ("header", "height", "width", "encoding", "step")}
            # `picture.data` lies in shared memory, and so does `made.data`: where the next block reads it.
            with publisher.loan(layout, data=len(picture.data)) as made:
                negative(picture.data, made.data, strength.value)

        node.run()


if __name__ == "__main__":
    main()
