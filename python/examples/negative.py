"""Turns pictures into their negatives.

    vclaunch python/examples/negative.launch.yaml
"""

import numpy
import vc

block = vc.Block("negative", "Turns pictures into their negatives.")
image = block.input("image", "sensor_msgs/msg/Image", "The pictures, 8 bits a channel.", required=True)
negative = block.output("negative", "sensor_msgs/msg/Image", "Their negatives.")
strength = block.parameter("strength", 1.0, "0: as it is, 1: all negative.", range=(0, 1))

with block.open() as node:
    publisher = node.publisher(negative)

    @node.on(image)
    def _(picture):
        like = {name: getattr(picture, name) for name in ("header", "height", "width", "encoding", "step")}
        # `picture.data` lies where the sender wrote it, `loan.data` where readers will read it.
        with publisher.loan(like, data=picture.data.size) as loan:
            if strength.value == 1:
                numpy.subtract(255, picture.data, out=loan.data)
            else:
                numpy.copyto(loan.data, abs(255 * strength.value - picture.data), casting="unsafe")

    node.run()
