"""The key file and the vault."""

from __future__ import annotations

import hashlib
import hmac
import stat
import threading

import pytest
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from pos_agent.store.errors import KeyFileUnusable, WrongKey
from pos_agent.store.keys import Keys, load_keys
from pos_agent.store.vault import Vault


@pytest.fixture
def key_path(tmp_path):
    return tmp_path / "keys" / "pii.key"


def test_a_new_key_is_for_the_owner_only_and_stays(key_path, ids):
    made = load_keys(key_path, ids, create=True)
    assert stat.S_IMODE(key_path.stat().st_mode) == 0o600
    assert stat.S_IMODE(key_path.parent.stat().st_mode) == 0o700
    assert list(key_path.parent.iterdir()) == [key_path]
    assert len(key_path.read_bytes()) == 32
    assert load_keys(key_path, ids, create=True) == load_keys(key_path, ids, create=False) == made


def test_two_starts_at_once_agree_on_one_key(key_path, ids):
    ready, found = threading.Barrier(4), []

    def start():
        ready.wait(timeout=10)
        found.append(load_keys(key_path, ids, create=True))

    threads = [threading.Thread(target=start) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=10)
    assert len(found) == 4
    assert len({keys.encryption for keys in found}) == 1


def test_a_missing_key_is_not_made_for_an_existing_database(key_path, ids):
    with pytest.raises(KeyFileUnusable) as caught:
        load_keys(key_path, ids, create=False)
    assert caught.value.code == "STO-08"
    assert not key_path.exists()


@pytest.mark.parametrize("content", [b"", b"short", b"x" * 31, b"x" * 33, b"zz" * 32])
def test_a_file_that_is_no_key(key_path, ids, content):
    key_path.parent.mkdir()
    key_path.touch(mode=0o600)
    key_path.write_bytes(content)
    with pytest.raises(KeyFileUnusable):
        load_keys(key_path, ids, create=True)
    assert key_path.read_bytes() == content


@pytest.mark.parametrize("mode", [0o640, 0o604, 0o666])
def test_a_key_that_others_may_read_is_refused(key_path, ids, mode):
    load_keys(key_path, ids, create=True)
    key_path.chmod(mode)
    with pytest.raises(KeyFileUnusable):
        load_keys(key_path, ids, create=False)


def test_a_credential_in_hex_is_the_same_key(key_path, ids, tmp_path):
    keys = load_keys(key_path, ids, create=True)
    credential = tmp_path / "credential"
    credential.touch(mode=0o600)
    credential.write_text(key_path.read_bytes().hex() + "\n")
    same = load_keys(credential, ids, create=False)
    assert (same.encryption, same.lookup) == (keys.encryption, keys.lookup)


def test_the_two_keys_differ_and_are_not_shown(keys):
    assert len({keys.encryption, keys.lookup, bytes(range(32))}) == 3
    assert keys.encryption.hex() not in repr(keys)
    assert repr(keys.encryption) not in repr(keys)
    with pytest.raises(ValueError, match="32"):
        Keys.derive(b"short")


def test_derived_keys_are_the_ones_of_rfc_5869(keys):
    extracted = hmac.new(bytes(32), bytes(range(32)), hashlib.sha256).digest()
    expanded = hmac.new(extracted, b"pos-agent/personal/encryption/1\x01", hashlib.sha256).digest()
    assert keys.encryption == expanded


def test_sealed_form_is_version_nonce_and_aes_gcm(keys, ids):
    sealed = Vault(keys, ids).seal(b"content", "t", "r", "c")
    assert sealed[0] == 1
    assert AESGCM(keys.encryption).decrypt(sealed[1:13], sealed[13:], b"t\0r\0c") == b"content"


def test_what_is_sealed_opens_only_in_its_place_unchanged(keys, ids):
    vault = Vault(keys, ids)
    sealed = vault.seal(b"content", "t", "r", "c")
    assert vault.seal(b"content", "t", "r", "c") != sealed
    assert vault.open(sealed, "t", "r", "c") == b"content"
    for place in (("x", "r", "c"), ("t", "x", "c"), ("t", "r", "x")):
        with pytest.raises(WrongKey):
            vault.open(sealed, *place)
    for hurt in (sealed[:-1], b"\x02" + sealed[1:], b"", sealed[:5], sealed[:-1] + bytes([sealed[-1] ^ 1])):
        with pytest.raises(WrongKey):
            vault.open(hurt, "t", "r", "c")


def test_lookup_hashes_depend_on_key_kind_and_value(keys, ids):
    vault, other = Vault(keys, ids), Vault(Keys.derive(b"\x09" * 32), ids)
    token = vault.token("phone", "+79161234567")
    expected = hmac.new(keys.lookup, b"phone\0+79161234567", hashlib.sha256).digest()
    assert token == b"\x01" + expected
    assert len({token, vault.token("card", "+79161234567"), other.token("phone", "+79161234567")}) == 3
    assert vault.token("phone", "") is None
