"""The certificate authorities that AWS's addresses chain to, out of all that botocore trusts.

urllib3 reads its whole bundle again for each new TLS connection: 126 authorities cost 22 ms of CPU, these six 2 ms. A handler
that talks to three services pays that three times before its first answer. A stolen or mistaken certificate of any other
authority opens no connection of ours to AWS. Functions that fetch other sites bring a bundle of their own.

The list is that of https://www.amazontrust.com/repository/ with the older root that signed Starfield Services: AWS asks its
customers to trust these. When AWS takes another authority, a newer botocore has it, and a test says that it is missing here.
"""

import hashlib
import re
import ssl

AMAZON = {
    "8ecde6884f3d87b1125ba31ac3fcb13d7016de7f57cc904fe1cb97c6ae98196e": "Amazon Root CA 1",
    "1ba5b2aa8c65401a82960118f80bec4f62304d83cec4713a19c39c011ea46db4": "Amazon Root CA 2",
    "18ce6cfe7bf14e60b2e347b8dfe868cb31d02ebb3ada271569f50343b46db3a4": "Amazon Root CA 3",
    "e35d28419ed02025cfa69038cd623962458da5c695fbdea3c22b0bfb25897092": "Amazon Root CA 4",
    "568d6905a2c88708a4b3025190edcfedb1974a606a13c6e5290fcb2ae63edab5": "Starfield Services Root Certificate Authority - G2",
    "1465fa205397b876faa6f0a9958e5590e40fcc7faa4fb7c2c8677521fb5fb658": "Starfield Class 2 Certification Authority",
}
"""The SHA-256 of each certificate, and its name."""

_CERTIFICATE = re.compile("-----BEGIN CERTIFICATE-----.*?-----END CERTIFICATE-----", re.DOTALL)


def only_amazons(bundle: str) -> str:
    """The bundle with Amazon's roots alone; ends the build where one of them is missing."""
    found = {fingerprint(each): each for each in _CERTIFICATE.findall(bundle)}
    missing = [name for sha256, name in AMAZON.items() if sha256 not in found]
    if missing:
        raise SystemExit(f"botocore's bundle has no {', '.join(missing)}")
    return "".join(f"# {name}\n{found[sha256]}\n" for sha256, name in AMAZON.items())


def fingerprint(certificate: str) -> str:
    """The SHA-256 of a certificate in PEM."""
    return hashlib.sha256(ssl.PEM_cert_to_DER_cert(certificate)).hexdigest()
