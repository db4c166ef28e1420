"""What can go wrong in the video plane; every message says what to do about it."""


class VideoError(Exception):
    """Any expected failure of the video plane."""


class NoRecording(VideoError):
    """Nothing was recorded by this camera in the interval asked for."""


class BrokenFile(VideoError):
    """A recorded file does not have the structure that the recorder writes."""


class StorageFull(VideoError):
    """The disk, or the space that the recorder may use, is full."""


class BadCameraId(VideoError):
    """A camera id that cannot name a directory."""


class CameraFailure(VideoError):
    """A camera cannot be recorded for now; the session ends and is tried again."""


class CameraUnreachable(CameraFailure):
    """The camera refused the connection, or closed it."""


class CameraStalled(CameraFailure):
    """The connection is open, but no picture arrives."""


class UnsupportedStream(CameraFailure):
    """The camera sends something that cannot be recorded."""


class NoPicture(VideoError):
    """A camera's picture cannot be shown."""
