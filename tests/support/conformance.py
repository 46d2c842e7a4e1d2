"""Conformance: the cases of the server suite, and which faulty server fails which requirement.

A row of `CAUGHT` says that the case fails that server, in that dialect, and blames the requirement;
the first row of each requirement is the one that `tests/test_conformance_cases.py` plays. Plays
nothing, and imports nothing of the harness.
"""

from collections.abc import Mapping
from pathlib import Path

CASES = Path(__file__).parent.parent.parent / "scenarios" / "conformance" / "server"

Catch = tuple[str, str, str]  # a faulty server, a case, a dialect


def server_cases() -> list[Path]:
    """Return the files of all server cases, in alphabetical order."""
    return sorted(CASES.glob("*.yaml"))


CAUGHT: Mapping[str, tuple[Catch, ...]] = {
    "JOIN-1": (
        ("wrong_prompt", "prompt", "raw"),
        ("wrong_prompt", "prompts_at_once", "raw"),
    ),
    "JOIN-2": (
        ("deaf_until_speaks", "join_in_a_talk", "raw"),
        ("deaf_until_speaks", "join", "raw"),
    ),
    "JOIN-3": (
        ("holds_the_door", "silent_newcomer", "raw"),
        ("holds_the_door", "silent_newcomers_in_a_talk", "raw"),
    ),
    "JOIN-4": (
        ("dies_on_early_reset", "early_departure", "raw"),
        ("dies_on_early_reset", "early_departures_in_a_talk", "raw"),
    ),
    "JOIN-5": (
        ("tells_strangers", "silent_newcomer", "raw"),
        ("tells_strangers", "silent_newcomers_in_a_talk", "raw"),
        ("tells_strangers", "nothing_for_strangers", "raw"),
    ),
    "JOIN-6": (
        ("keeps_line_end_in_nickname", "netcat", "raw"),
        ("announces_line_end_of_nickname", "netcat", "announcing-raw"),
        ("admits_blank", "blank_nickname", "raw"),
        ("lets_control_nickname_in", "blank_nicknames_in_a_talk", "raw"),
    ),
    "JOIN-7": (
        ("mistakes_namesakes", "same_nickname", "raw"),
        ("refuses_namesake_and_forgets", "same_nickname_in_a_talk", "raw"),
    ),
    "JOIN-8": (
        ("dies_of_bad_nickname", "bad_nickname", "raw"),
        ("dies_of_bad_nickname", "bad_nicknames_in_a_talk", "raw"),
    ),
    "JOIN-9": (
        ("breaks_cut_nickname", "nickname_in_pieces", "lines"),
        ("loses_what_came_with_nickname", "nickname_and_words_glued", "lines"),
    ),
    "JOIN-10": (
        ("refuses_a_crowd", "simultaneous_joins", "raw"),
        ("refuses_a_crowd", "simultaneous_joins_in_a_talk", "raw"),
        ("serves_forty", "simultaneous_joins", "lines"),
    ),
    "STAY-1": (
        ("hangs_up_on_talkers", "stay_while_others_go", "raw"),
        ("hangs_up_on_talkers", "long_talk", "raw"),
        ("hangs_up_on_talkers", "long_messages", "raw"),
        ("kicks_cut_character", "long_messages_of_wide_letters", "raw"),
        ("removes_wrong_member", "stay_while_others_go", "raw"),
    ),
    "RELAY-1": (
        ("repeats", "everyone_hears", "raw"),
        ("repeats", "concurrent", "raw"),
        ("repeats", "join", "raw"),
        ("loses_for_last", "everyone_hears", "raw"),
    ),
    "RELAY-2": (
        ("forgets_prefix", "join", "raw"),
        ("forgets_prefix", "alike_nicknames", "raw"),
    ),
    "RELAY-3": (
        ("echoes", "everyone_hears", "raw"),
        ("echoes", "same_words_at_once", "raw"),
        ("echoes_twice", "echo", "nick"),
    ),
    "RELAY-4": (
        ("strips", "texts_in_pieces", "raw"),
        ("strips", "texts_as_they_are", "raw"),
    ),
    "RELAY-5": (
        ("reorders", "burst", "raw"),
        ("reorders", "concurrent", "raw"),
        ("reorders", "long_talk", "raw"),
    ),
    "RELAY-6": (
        ("replays_history", "latecomer", "raw"),
        ("replays_history", "latecomers_in_a_talk", "raw"),
    ),
    "RELAY-7": (
        ("truncates", "long_messages", "raw"),
        ("truncates", "long_messages_at_once", "raw"),
        ("truncates", "long_messages_of_wide_letters", "raw"),
    ),
    "RELAY-8": (
        ("wrong_name_under_concurrency", "same_words_at_once", "raw"),
        ("wrong_name_under_concurrency", "concurrent", "raw"),
    ),
    "RELAY-9": (
        ("takes_cut_line_for_two", "lines_in_pieces", "lines"),
        ("takes_cut_line_for_two", "nickname_in_pieces", "lines"),
        ("drops_half_of_glued", "glued_lines", "lines"),
        ("drops_half_of_glued", "nickname_and_words_glued", "lines"),
        ("forgets_second_frame", "glued_lines", "length"),
    ),
    "RELAY-10": (
        ("swallows_the_prompt", "protocol_lookalikes", "raw"),
        ("swallows_the_prompt", "protocol_lookalikes_at_once", "raw"),
    ),
    "LEAVE-1": (
        ("ignores_half_close", "ways_to_go", "raw"),
        ("ignores_half_close", "disconnect", "raw"),
    ),
    "LEAVE-2": (
        ("dies_of_unhandled_error", "ways_to_go", "length"),
        ("dies_of_unhandled_error", "disconnect", "length"),
    ),
    "LEAVE-3": (
        ("relays_over_changing_list", "disconnect", "raw"),
        ("relays_over_changing_list", "mass_departure", "raw"),
        ("relays_over_changing_list", "stay_while_others_go", "raw"),
    ),
    "LEAVE-4": (
        ("keeps_nickname_taken", "nickname_taken_again", "raw"),
        ("keeps_nickname_taken", "nicknames_taken_again_in_a_talk", "raw"),
    ),
    "LEAVE-5": (
        ("loses_last_words", "last_words", "raw"),
        ("loses_last_words", "last_words_at_once", "raw"),
    ),
    "LEAVE-6": (
        ("leaks_threads", "churn", "raw"),
        ("leaks_memory", "churn_in_a_talk", "raw"),
        ("spins", "churn", "raw"),
    ),
    "LEAVE-7": (
        ("announces_twice", "announcements", "nick"),
        ("announces_twice", "announcements_in_a_talk", "nick"),
        ("announces_twice", "announced_loss", "nick"),
        ("forgets_to_announce", "announced_loss", "nick"),
    ),
    "LEAVE-8": (
        ("stops_after_everyone_leaves", "everyone_leaves", "raw"),
        ("stops_after_everyone_leaves", "everyone_leaves_at_once", "raw"),
    ),
    "LOAD-1": (
        ("waits_for_stalled_reader", "stalled_reader", "raw"),
        ("waits_for_stalled_reader", "stalled_readers_and_newcomers", "raw"),
    ),
    "LOAD-2": (
        ("skips_stalled_reader", "stalled_reader", "raw"),
        ("skips_stalled_reader", "stalled_readers_and_newcomers", "raw"),
    ),
    "LOAD-3": (
        ("hoards_for_stalled_reader", "bounded_memory", "raw"),
        ("hoards_for_stalled_reader", "bounded_memory_with_others", "raw"),
    ),
    "LOAD-4": (
        ("starves_others_in_flood", "flood", "raw"),
        ("starves_others_in_flood", "flood_of_short_messages", "raw"),
    ),
    "INPUT-1": (
        ("dies_of_bad_bytes", "bad_words", "raw"),
        ("dies_of_bad_bytes", "bad_words_in_a_talk", "raw"),
        ("bad_bytes_poison", "bad_words", "raw"),
    ),
    "INPUT-2": (
        ("cuts_character", "long_messages_of_wide_letters", "raw"),
        ("cuts_character", "cut_letters", "raw"),
        ("cuts_character", "texts_in_pieces", "raw"),
    ),
    "INPUT-3": (
        ("keeps_endless_line", "endless_line", "lines"),
        ("keeps_endless_line", "endless_lines_in_a_talk", "lines"),
    ),
    "LIFE-1": (
        ("exits_badly", "sigint", "raw"),
        ("ignores_signals", "sigterm", "raw"),
        ("leaves_connections_open", "sigterm", "raw"),
    ),
    "LIFE-2": (
        ("blocks_its_port", "restart", "raw"),
        ("blocks_its_port", "restart_in_a_talk", "raw"),
    ),
    "LIFE-3": (
        ("listens_everywhere", "loopback", "raw"),
        ("listens_everywhere", "loopback_after_restart", "raw"),
    ),
    "LIFE-4": (
        ("overflows_its_history", "still_serving", "nul"),
        ("overflows_its_history", "still_serving_a_crowd", "nul"),
    ),
}
