"""What needs NumPy: sequences of numbers over shared memory."""

import unittest

import numpy
import vc
from common import PATIENCE, Joined, place

HEIGHT, WIDTH = 1080, 1920
STEP = 3 * WIDTH
FULL_HD = {"height": HEIGHT, "width": WIDTH, "encoding": "bgr8", "step": STEP}


class ZeroCopy(Joined):
    def test_what_is_read_is_what_was_written_and_no_copy(self):
        for value in range(10):
            with self.publisher.loan(FULL_HD, data=HEIGHT * STEP) as loan:
                loan.data[:] = value
                written, path = place(loan.data)
            m = self.subscriber.recv(PATIENCE)
            picture = m.data.reshape(m.height, m.width, 3)
            read, _ = place(picture)

            self.assertEqual(written, read, "the same byte of the same file")
            self.assertTrue(path.startswith("/dev/shm/vc"), path)
            self.assertTrue((picture == value).all())
            del m, picture

    def test_a_sample_lives_as_long_as_an_array_of_it(self):
        with self.publisher.loan(FULL_HD, data=HEIGHT * STEP) as loan:
            loan.data[:] = 7
        m = self.subscriber.recv(PATIENCE)
        row = m.data[:STEP]
        del m
        for value in range(20):
            with self.publisher.loan(FULL_HD, data=HEIGHT * STEP) as loan:
                loan.data[:] = value
            self.subscriber.recv(PATIENCE)
        self.writer.close()
        self.reader.close()
        self.assertTrue((row == 7).all())

    def test_what_is_read_cannot_be_written(self):
        m = self.sent(data=b"abc")
        with self.assertRaises(ValueError):
            m.data[0] = 1
        self.assertFalse(m.data.flags.writeable)

    def test_too_many_kept_samples_are_an_error_and_no_loss(self):
        kept = [self.sent(data=bytes([turn])).data for turn in range(8)]
        self.publisher.publish(data=b"\x08")
        with self.assertRaisesRegex(vc.TopicError, "8 samples are held already; drop one first, or keep copies"):
            self.subscriber.take()
        copies = [numpy.array(one) for one in kept]
        kept.clear()
        self.assertEqual(self.subscriber.take().data[0], 8)
        self.assertEqual([copy[0] for copy in copies], list(range(8)))


class Loans(Joined):
    def test_a_loan_that_raises_was_never_there(self):
        with self.assertRaises(ZeroDivisionError):
            with self.publisher.loan(data=3) as loan:
                loan.data[:] = 1 / 0
        self.assertIsNone(self.subscriber.take())

    def test_what_was_sent_cannot_be_written(self):
        with self.publisher.loan(data=3) as loan:
            data = loan.data
            data[:] = [1, 2, 3]
        with self.assertRaises(ValueError):
            data[0] = 5
        with self.assertRaisesRegex(vc.Error, "sent already"):
            loan.data
        with self.assertRaisesRegex(vc.Error, "sent already"):
            loan.send()

    def test_memory_stays_for_arrays_that_are_kept(self):
        kept = []
        for size in (10, 1000, 100_000, 10_000_000):
            with self.publisher.loan(data=size) as loan:
                loan.data[:] = len(kept) + 1
                # A view of NumPy's own, which nobody can take back.
                kept.append(loan.data[:5])
            self.subscriber.recv(PATIENCE)
            if len(kept) == 3:
                kept.pop(0)
        self.publisher.publish(data=b"x")
        self.writer.close()
        self.reader.close()
        self.assertEqual(len([view.sum() for view in kept]), 2)

    def test_rooms_may_be_in_other_messages(self):
        with self.assertRaisesRegex(AttributeError, "no array `dta`; it has data"):
            with self.publisher.loan(data=3) as loan:
                loan.dta
        with self.assertRaisesRegex(AttributeError, "no sequence was given its length"):
            with self.publisher.loan() as loan:
                loan.data


class Scans(Joined):
    TYPE = "sensor_msgs/msg/LaserScan"

    def test_several_sequences_are_written_in_place(self):
        with self.publisher.loan(angle_min=-1.5, ranges=360, intensities=360) as loan:
            loan.ranges[:] = numpy.linspace(0, 1, 360)
            loan["intensities"][:] = numpy.inf
        m = self.subscriber.recv(PATIENCE)

        self.assertEqual((m.ranges.dtype, m.ranges.shape), (numpy.dtype("<f4"), (360,)))
        self.assertEqual((m.ranges[-1], m.intensities[5], m.angle_min), (1.0, numpy.inf, -1.5))

    def test_arrays_are_copied_once_and_converted(self):
        m = self.sent(ranges=numpy.arange(5), intensities=numpy.ones((2, 3)))

        self.assertEqual(m.ranges.tolist(), [0, 1, 2, 3, 4])
        self.assertEqual(m.intensities.size, 6)
        self.assertEqual(self.sent(ranges=[1, 2.5]).ranges.tolist(), [1.0, 2.5])
        self.assertEqual(self.sent(angle_min=numpy.float32(0.5)).angle_min, 0.5)
        self.assertEqual(self.sent(ranges=m.ranges[1:3]).ranges.tolist(), [1, 2])


class Bytes(Joined):
    def test_numbers_are_not_cut_in_silence(self):
        for data, said in [
            (numpy.array([300]), "`data` is a list of uint8: .*Cannot cast"),
            (numpy.array([0.5]), "`data` is a list of uint8: .*Cannot cast"),
            ([256], r"`data\[0\]` is uint8, which cannot hold 256"),
            (5, "`data` is a list of uint8, but int was given"),
            ("abc", "`data` is a list of uint8, but str was given"),
        ]:
            with self.assertRaisesRegex(vc.MessageError, said):
                self.publisher.publish(data=data)
        for data in (b"\1\2", bytearray([1, 2]), [1, 2], (1, 2), numpy.array([1, 2], numpy.uint8), memoryview(b"\1\2")):
            self.assertEqual(self.sent(data=data).data.tolist(), [1, 2])
        self.assertEqual(self.sent(height=numpy.uint32(7), is_bigendian=numpy.int64(1)).height, 7)
        self.assertEqual(self.sent(data=[]).data.shape, (0,))


class EveryKind(Joined):
    TYPE = "my_msgs/msg/Kinds"

    def setUp(self):
        kinds = ["bool", "byte", "char", "int8", "uint8", "int16", "uint16", "int32", "uint32", "int64", "uint64"]
        lines = [f"{kind}[] a_{kind}\n{kind} one_{kind}" for kind in [*kinds, "float32", "float64"]]
        vc.add_type(self.TYPE, "\n".join(lines) + "\nfloat64[3] fixed\nint16[<=2] few\nstring[] words")
        self.kinds = kinds
        super().setUp()

    def test_every_kind_of_number_goes_and_comes(self):
        given = {f"a_{kind}": numpy.array([0, 1], dtype=bool if kind == "bool" else None) for kind in self.kinds}
        given = {name: value if value.dtype == bool else value.tolist() for name, value in given.items()}
        m = self.sent(given, a_float32=[0.5], a_float64=[1e300], fixed=[1, 2, 3], few=[-5], words=["a", ""], one_bool=True)

        for kind in self.kinds:
            array = getattr(m, f"a_{kind}")
            self.assertEqual(array.tolist(), [0, 1], kind)
            self.assertEqual(array.dtype, numpy.dtype({"byte": "uint8", "char": "uint8"}.get(kind, kind)))
        self.assertEqual((m.a_float64[0], m.fixed.tolist(), m.few.tolist(), m.words), (1e300, [1, 2, 3], [-5], ["a", ""]))
        self.assertIs(m.one_bool, True)
        self.assertIs(self.sent(one_bool=numpy.bool_(True)).one_bool, True)
        for wrong, said in [({"fixed": [1]}, "exactly 3"), ({"few": numpy.zeros(3, "i2")}, "at most 2")]:
            with self.assertRaisesRegex(vc.MessageError, said):
                self.publisher.publish(**wrong)


if __name__ == "__main__":
    unittest.main(verbosity=2)
