"""Copies, interrupted prints, demonstration, restart: 82h, 95h, 97h, 55h, ABh, CEh (protocol notes, section 3.7)."""

from __future__ import annotations

from emulator.atol.commands.printing import print_text
from emulator.atol.errors import FN_NO_DATA, FN_PARAMETERS, NO_DATA, UNSUPPORTED, WRONG_MODE, CommandError
from emulator.atol.modes import CHOICE, ZEROING
from emulator.atol.registry import COMMANDS, Call
from emulator.terms import PaperState

DEMO, INFORMATION, BURN_IN, OFD = 0, 1, 3, 6
REBOOT, POWER_OFF = 0x41, 0x00


@COMMANDS.add(0x95, "copy of the last document", prints=True)
def copy_last(call: Call) -> bytes:
    """95h: on devices with a buffer of reports it prints a deferred one instead [conflict]; 7Ah here then."""
    machine = call.machine
    if not machine.variant.repeats_95h:
        raise CommandError(UNSUPPORTED)
    if machine.device.paper is PaperState.BACK:
        machine.device.continue_print()
    machine.device.repeat_document(machine.operator)
    return b""


@COMMANDS.add(0x97, "drop an unprinted document")
def drop_unprinted(call: Call) -> bytes:
    """97h: what an end of the paper left is not printed any more; AFh when nothing is left."""
    if not call.machine.device.head.pending:
        raise CommandError(NO_DATA)
    call.machine.device.drop_print()
    return b""


@COMMANDS.add(0x55, "repeat the interrupted report")
def repeat_interrupted(call: Call) -> bytes:
    """55h: goes on with a print that an end of the paper cut short."""
    call.machine.device.continue_print()
    return b""


@COMMANDS.add(0xAB, "print document by number", "fd:5d", prints=True)
def print_archived(call: Call) -> bytes:
    """ABh: in mode 6 (inferred from where the source names it)."""
    machine = call.machine
    wanted = machine.variant.archive_mode
    if wanted is not None and machine.modes.mode != wanted:
        raise CommandError(WRONG_MODE)
    if call.fields.num("fd") not in machine.device.fn.documents:
        raise CommandError(FN_NO_DATA)
    machine.device.print_archived(call.fields.num("fd"), machine.operator)
    return b""


@COMMANDS.add(0x82, "demonstration print", "one:1 kind:1 zero:1", (CHOICE,), prints=True)
def demonstration(call: Call) -> bytes:
    """82h: 0 demonstration, 1 the device, 3 burn-in, 6 exchange with the OFD."""
    device, kind = call.machine.device, call.fields.num("kind")
    profile, queue = device.profile, device.fn.ofd_queue()
    pages = {
        DEMO: ["ДЕМОНСТРАЦИОННАЯ ПЕЧАТЬ"],
        INFORMATION: [profile.title, f"ЗН ККТ {profile.serial}", f"ВЕРСИЯ {profile.firmware}.{profile.firmware_build}"],
        BURN_IN: ["#" * profile.columns] * 4,
        OFD: ["ДИАГНОСТИКА ОФД", f"НЕ ПЕРЕДАНО {queue.count}"],
    }
    if kind not in pages:
        raise CommandError(FN_PARAMETERS)
    for line in pages[kind]:
        print_text(call, line)
    device.feed(3)
    return b""


@COMMANDS.add(0xCE, "power", "action:1 zero:1?", (ZEROING,))
def power(call: Call) -> bytes:
    """CEh: 41h starts the device anew, 00h switches it off; an older client appends a zero byte."""
    action = call.fields.num("action")
    if action not in (REBOOT, POWER_OFF):
        raise CommandError(FN_PARAMETERS)
    call.machine.reboot_soon(stay_off=action == POWER_OFF)
    return b""
