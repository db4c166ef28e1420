"""Which certificates of devices are good enough. Contexts are made once: reading every issuer takes a while."""

import functools
import ssl


@functools.cache
def trusted() -> ssl.SSLContext:
    """Those whose issuer this computer trusts, for the address that was asked."""
    return ssl.create_default_context()


@functools.cache
def any_certificate() -> ssl.SSLContext:
    """Encrypts, and takes the device for who it says it is: most cameras sign their certificates themselves."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname = False
    context.verify_mode = ssl.CERT_NONE
    return context
