"""What the server and the recorder say to each other, also across versions."""

from doorward.acs.cameras.transport import Transport
from doorward.video.messages import CameraSource, Configure, decode_command, encode_line


def test_a_camera_of_the_first_version_means_what_it_meant() -> None:
    line = b'{"type":"configure","cameras":[{"id":"a","name":"A","url":"rtsps://camera/1"}]}'
    assert decode_command(line) == Configure([CameraSource("a", "A", "rtsps://camera/1", Transport.TCP, False)])


def test_a_camera_comes_out_as_it_went_in() -> None:
    wanted = Configure([CameraSource("a", "A", "rtsp://camera/1", Transport.UDP, verify_certificate=True)])
    assert decode_command(encode_line(wanted)) == wanted
