"""The organization that is lived through: every debtor who owes is due every day at ten."""
import datetime
import json
import os
import random

from program import Program

FIRST_DAY = datetime.date(2026, 1, 12)  # a Monday
DAY = datetime.timedelta(days=1)
BOUNDED = "acotada"  # the strategy with a daily maximum
BOUNDED_ONE_IN, BOUNDED_AT = 10, 3


def is_bounded(number: int) -> bool:
    """Led by the strategy with a daily maximum."""
    return number % BOUNDED_ONE_IN == BOUNDED_AT


def daily_max(debtors: int) -> int:
    return max(1, debtors // BOUNDED_ONE_IN * 2 // 5)


def address_number(number: int, debtors: int) -> int:
    """Some share an address with a neighbour, so that their demands merge, and some with a debtor
    far away, whom another process may be working on."""
    far = debtors // 80 * 40
    if number % 40 == 10 and far:
        return number % far
    return number - 1 if number % 40 == 1 else number


def sharers(debtors: int) -> set[str]:
    behind: dict[int, list[str]] = {}
    for number in range(debtors):
        behind.setdefault(address_number(number, debtors), []).append(f"D{number}")
    return {key for keys in behind.values() if len(keys) > 1 for key in keys}


HEAD = "external_id,debtor,debtor_name,email,owner,debtor_attr.grupo,issued,due,amount\n"


def falls_due(day: datetime.date) -> bool:
    """A due date that is no business day moves; Fridays and Mondays are left out too, because of
    holidays that do."""
    holidays = ((1, 1), (1, 6), (5, 1), (8, 15), (10, 12), (11, 1), (12, 6), (12, 8), (12, 25))
    return day.weekday() in (1, 2, 3) and (day.month, day.day) not in holidays


def write_more(path: str, debtors: list[str], day: datetime.date, dice: random.Random) -> None:
    """New debts of old debtors, who are asked for them the day after."""
    with open(path, "w", encoding="utf-8") as file:
        file.write("external_id,debtor,issued,due,amount\n")
        for key in debtors:
            file.write(f"F-{key}-{day},{key},2025-12-01,{day},{dice.randrange(1000, 9000)}.00\n")


def write_invoices(path: str, debtors: int, dice: random.Random) -> None:
    with open(path, "w", encoding="utf-8") as file:
        file.write(HEAD)
        for n in range(debtors):
            owner = "cobros@example.org" if n % 25 == 7 else ""  # owners get copies
            group = "acotado" if is_bounded(n) else "libre"
            for item in range(3 if n % 10 == 0 else 1):
                file.write(f"F{n}-{item},D{n},Deudor {n} Ñandú & Cía,"
                           f"pagos{address_number(n, debtors)}@example.net,{owner},{group},"
                           f"2025-12-01,{FIRST_DAY},{dice.randrange(1000, 900000) / 100:.2f}\n")


def write_strategy(path: str, name: str, group: str) -> None:
    again = [f"otra_vez_{n}" for n in range(1, 17)]
    nodes = {"espera": {"type": "wait.due", "days": 1, "at": "10:00", "next": "correo"},
             "correo": {"type": "send.email", "template": "recordatorio", "tone": 1,
                        "copy_to": ["owner"], "next": again[0], "error": again[0]},
             "fin": {"type": "end", "outcome": "fin"}}
    for node, following in zip(again, again[1:] + ["fin"]):
        nodes[node] = {"type": "repeat", "again": "correo", "interval": "24h", "times": 100,
                       "done": following}
    rule = {"all": [["account.open", ">", 0], ["debtor.attr.grupo", "=", group]]}
    flow = {"puntual": 1, "kind": "strategy", "name": name, "subject": "account",
            "entry": {"rule": rule}, "start": "espera", "nodes": nodes}
    with open(path, "w", encoding="utf-8") as file:
        json.dump(flow, file)


def write_policy(path: str) -> None:
    """At any hour, and once a day to one address."""
    every_day = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"]
    policy = {"puntual": 1, "kind": "policy", "name": "siempre", "title": "Siempre",
              "version": "1", "holidays": "ignore", "gaps": [],
              "caps": [{"channels": ["email"], "max": 1, "days": 1}],
              "windows": [{"channels": ["email"], "weekdays": every_day, "from": "00:00",
                           "to": "24:00"}]}
    with open(path, "w", encoding="utf-8") as file:
        json.dump(policy, file)


def prepare(program: Program, folder: str, debtors: int, port: int, dice: random.Random) -> None:
    def path(name: str) -> str:
        return os.path.join(folder, name)
    write_invoices(path("invoices.csv"), debtors, dice)
    write_strategy(path("libre.json"), "a_diario", "libre")
    write_strategy(path("acotada.json"), BOUNDED, "acotado")
    write_policy(path("policy.json"))
    program.run("init", "--org", "Crash", "--country", "ES", "--mode", "sandbox",
                "--clock", FIRST_DAY.isoformat())
    program.run("policy", "publish", path("policy.json"))
    program.run("creditor", "set", "Crash", "--policy", "siempre")
    program.run("channel", "set", "email", "--driver", "smtp", "--url", f"smtp://127.0.0.1:{port}",
                "--from", "Cobros Ñ <cobros@example.com>")
    program.run("import", "invoices", path("invoices.csv"))
    program.run("strategy", "publish", path("libre.json"))
    program.run("strategy", "publish", path("acotada.json"))
    program.run("strategy", "volume", BOUNDED, "--daily-max", str(daily_max(debtors)))
    program.run("advance", "--to", f"{FIRST_DAY}T12:00")
