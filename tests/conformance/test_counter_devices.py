"""Printers of the counter as devices of ATOL's web server: `deviceID` (task reference, sections 1 and 2.7)."""

import tempfile
from collections.abc import Iterator
from urllib.parse import quote

import pytest
from kit.counter_faces import OTHER_VENDOR, PART, CounterFaces, counter_faces
from kit.often import often
from kit.till_atol import TERMINAL, position, sell
from kit.waiting import until

OWN, OTHER = "till-1", f"till-1/{PART}"
OPEN, SALE, CLOSE = 2, 3, 5  # forms of documents


@pytest.fixture(scope="module", params=often(sorted(OTHER_VENDOR)))
def counter(request: pytest.FixtureRequest) -> Iterator[CounterFaces]:
    with tempfile.TemporaryDirectory(prefix="pd-") as folder, counter_faces(folder, request.param) as made:
        yield made


def forms(counter: CounterFaces) -> list[list[int]]:
    """Documents of each printer, by form."""
    return [[each["form"] for each in one.documents()] for one in (counter, counter.other)]


def on(device: str) -> str:
    return f"/api/v2/requests?deviceID={quote(device, safe='')}"


def done_on(counter: CounterFaces, device: str, uuid: str, *tasks: dict) -> list[dict]:
    """Of requests that are sent to a device."""
    assert counter.post(uuid, *tasks, path=on(device)).status_code == 201

    def over() -> list[dict] | None:
        found = counter.http.get(on(device).replace("?", f"/{uuid}?")).json()["results"]
        return found if all(one["status"] in TERMINAL for one in found) else None

    return until(over, 60.0)


def test_atol_lists_the_printers_as_devices(counter: CounterFaces) -> None:
    found = counter.http.get("/api/v2/devices").json()
    assert [(one["id"], one["isDefault"], one["isActive"]) for one in found] == [
        (OWN, True, True),
        (OTHER, False, True),
    ]
    ports = [one["connectionSettings"]["com"] or one["connectionSettings"]["ipPort"] for one in found]
    assert ports[0] != ports[1]
    for name in (OTHER, quote(OTHER, safe=""), PART):
        assert counter.http.get(f"/api/v2/devices/{name}").json() == found[1]
    for name in ("kiosk", f"{OTHER}/x", "till"):
        assert counter.http.get(f"/api/v2/devices/{name}").status_code == 404
    assert counter.http.post("/api/v2/setDefaultDevice", json={"id": OWN}).status_code == 200
    assert counter.http.post("/api/v2/setDefaultDevice", json={"id": OTHER}).status_code == 409
    assert counter.http.put(f"/api/v2/devices/{OTHER}", json={}).status_code == 409


def test_atol_questions_to_a_device(counter: CounterFaces) -> None:
    units = counter.kkm(Command="List")["ListUnit"]
    for device, unit in ((OWN, units[0]), (OTHER, units[1]), (PART, units[1])):
        params = {"deviceID": device}
        told = counter.http.post("/api/v2/operations/queryFnInfo", params=params).json()["fnInfo"]
        assert told["serial"] == unit["FnNumber"], told
        told = counter.http.post("/api/v2/operations/queryDeviceInfo", params=params).json()["deviceInfo"]
        assert told["serial"] == unit["KktNumber"]
    (shown,) = done_on(counter, OTHER, "dev-fn", {"type": "getFnInfo"})
    assert shown["result"]["fnInfo"]["serial"] == units[1]["FnNumber"]


def test_atol_shift_and_report_of_a_device(counter: CounterFaces) -> None:
    counter.ask("shift.close")
    docs, tape = forms(counter), len(counter.tape())
    (opened,) = done_on(counter, OTHER, "dev-open", {"type": "openShift"})
    serial = counter.kkm(Command="GetDataKKT", NumDevice=2)["Info"]["FnNumber"]
    assert opened["result"]["fiscalParams"]["fnNumber"] == serial
    (again,) = done_on(counter, OTHER, "dev-again", {"type": "openShift"})
    assert (again["status"], again["error"]["code"]) == ("error", 83)
    (report,) = done_on(counter, OTHER, "dev-x", {"type": "reportX"})
    assert report["status"] == "ready", report
    (shown,) = done_on(counter, OTHER, "dev-shift", {"type": "getShiftStatus"})
    assert shown["result"]["shiftStatus"]["state"] == "opened"
    (closed,) = done_on(counter, OTHER, "dev-close", {"type": "closeShift"})
    assert closed["result"]["fiscalParams"]["fnNumber"] == serial
    assert [now[len(then) :] for now, then in zip(forms(counter), docs, strict=True)] == [[], [OPEN, CLOSE]]
    assert len(counter.tape()) == tape, "nothing on the register's own"
    (wrong,) = done_on(counter, OTHER, "dev-wrong", {"type": "reportX", "printer": OWN})
    assert (wrong["status"], wrong["error"]["code"], "printer" in wrong["error"]["description"]) == ("error", 501, True)


def test_atol_requests_belong_to_their_device(counter: CounterFaces) -> None:
    done_on(counter, OTHER, "dev-mine", {"type": "getFnStatus"})
    assert counter.http.get("/api/v2/requests/dev-mine").status_code == 404
    assert counter.http.get(f"/api/v2/requests/dev-mine?deviceID={OWN}").status_code == 404
    assert counter.http.delete("/api/v2/requests/dev-mine").status_code == 404
    assert counter.http.delete(on(PART).replace("?", "/dev-mine?")).status_code == 409
    for device in (OWN, OTHER):
        assert counter.post("dev-mine", {"type": "getFnStatus"}, path=on(device)).status_code == 409
    assert counter.post("dev-kiosk", {"type": "reportX"}, path=on("kiosk")).status_code == 404
    assert counter.post("dev-kiosk", {"type": "getFnStatus", "deviceID": "kiosk"}).status_code == 201, "not read there"


def test_atol_device_that_is_switched_off(counter: CounterFaces) -> None:
    assert counter.http.post("/api/v2/deactivateDevice", json={"deviceID": OTHER}).status_code == 200
    try:
        assert [one["isActive"] for one in counter.http.get("/api/v2/devices").json()] == [True, False]
        assert counter.post("dev-off", {"type": "getFnStatus"}, path=on(OTHER)).status_code == 409
        assert counter.http.post("/api/v2/operations/queryFnStatus", params={"deviceID": PART}).status_code == 403
        assert counter.do("dev-own-on", {"type": "getFnStatus"})[0]["status"] == "ready"
    finally:
        assert counter.http.post(f"/api/v2/activateDevice?deviceID={PART}").status_code == 200
    assert done_on(counter, OTHER, "dev-off", {"type": "getFnStatus"})[0]["status"] == "ready"


def test_atol_sells_on_a_device_what_is_its_part(counter: CounterFaces) -> None:
    docs = forms(counter)
    watch = position("Часы", 200, tax={"type": "none"})
    text = [{"type": "text", "text": "НА ЛЕНТЕ ЧАСТИ"}]
    (sold,) = done_on(counter, OTHER, "dev-sell", {**sell(watch), "postItems": text})
    assert sold["status"] == "ready", sold
    assert [one["part"] for one in sold["result"]["parts"]] == [PART]
    assert ["НА ЛЕНТЕ ЧАСТИ" in one.tape() for one in (counter, counter.other)] == [False, True]
    number = "{fnNumber}/{fiscalDocumentNumber}".format(**sold["result"]["fiscalParams"])
    for uuid, task, path in (
        ("dev-own-goods", sell(position("Чай", 10, part="")), "items[0].part"),
        ("dev-own-whole", sell(watch, part=""), "part"),
        ("dev-kiosk-goods", sell(position("Чай", 10, part="kiosk")), "items[0].part"),
    ):
        (refused,) = done_on(counter, OTHER, uuid, task)
        assert (refused["status"], refused["error"]["code"]) == ("error", 501), refused
        assert path in refused["error"]["description"]
    made = [now[len(then) :] for now, then in zip(forms(counter), docs, strict=True)]
    assert (made[0], made[1][-1:]) == ([], [SALE]), "nothing but the one receipt, and its shift"
    (own,) = counter.do("dev-own-sale", sell(position("Чай", 10)))
    own_number = "{fnNumber}/{fiscalDocumentNumber}".format(**own["result"]["fiscalParams"])
    back = {"kind": "sellReturn", "loyalty": {"receipt": own_number}}
    (wrong,) = done_on(counter, OTHER, "dev-wrong-back", sell(position("Чай", 10), **back))
    assert (wrong["error"]["code"], "deviceID" in wrong["error"]["description"]) == (501, True)
    (right,) = done_on(counter, OTHER, "dev-back", sell(watch, kind="sellReturn", loyalty={"receipt": number}))
    assert right["status"] == "ready", right
    counter.ask("shift.close")
