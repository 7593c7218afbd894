"""Commands that change something, for the test that cuts their connection.

`{ID of TABLE}` is the public id of the only row of a table; `{FILE}` a file of the folder."""
import os
import re

from program import Program, id_text

FILES = {
    "debtors.csv": "external_id,name,email\nN1,Nuevo Uno,uno@example.net\nN2,Nuevo Dos,\n",
    "invoices.csv": ("external_id,debtor,debtor_name,email,issued,due,amount\n"
                     "A1,C1,Alfa,alfa@example.net,2025-12-01,2025-12-31,100.00\n"
                     "B1,C2,Beta,beta@example.net,2025-12-01,2025-12-31,250.50\n"
                     "B2,C2,Beta,beta@example.net,2025-12-05,2026-01-04,300.00\n"
                     "G1,C3,Gamma,gamma@example.net,2025-12-01,2025-12-31,80.00\n"),
    "more.csv": ("external_id,debtor,debtor_name,email,issued,due,amount\n"
                 + "".join(f"X{n},X{n % 7},Nombre {n % 7},x{n % 7}@example.net,2025-12-01,"
                           f"2026-01-31,{n + 1}.25\n" for n in range(40))),
    "lines.csv": "invoice,line,description,quantity,price,amount\nA1,1,Tornillos,10,10.00,100.00\n",
    "payments.csv": ("external_id,debtor,amount,date\nZ1,C1,40.00,2026-01-11\n"
                     "Z2,C2,250.50,2026-01-11\n"),
    "reply.eml": ("From: Alfa <alfa@example.net>\nTo: cobros@example.com\nSubject: Re: factura\n"
                  "Message-ID: <answer-1@example.net>\nDate: Mon, 12 Jan 2026 09:00:00 +0100\n\n"
                  "Ya se ha pagado.\n"),
    "policy.json": ('{"puntual":1,"kind":"policy","name":"nuestra","title":"Nuestra","version":"1",'
                    '"holidays":"ignore","windows":[{"channels":["email"],"weekdays":["mon"],'
                    '"from":"09:00","to":"18:00"}]}'),
    "strategy.json": ('{"puntual":1,"kind":"strategy","name":"breve","subject":"account",'
                      '"entry":{"rule":["account.open",">",1000]},"start":"espera","nodes":{'
                      '"espera":{"type":"wait.due","days":1,"at":"10:00","next":"correo"},'
                      '"correo":{"type":"send.email","template":"recordatorio","tone":1,'
                      '"next":"fin","error":"fin"},"fin":{"type":"end","outcome":"fin"}}}'),
}

COMMANDS = [
    "import debtors {debtors.csv}",
    "import invoices {more.csv}",
    "import lines {lines.csv}",
    "import payments {payments.csv}",
    "payment add --debtor C2 --amount 20 --id T-1",
    "payment add --debtor C2 --amount 20",
    "payment reverse {pay of payment}",
    "payment report --invoice B1",
    "credit add --invoice A1 --amount 10 --kind discount",
    "promise add --debtor C2 --amount 100 --due 2026-01-20",
    "promise cancel {pro of promise}",
    "dispute open --invoice B1 --reason calidad",
    "dispute close {dis of dispute}",
    "instrument add --debtor C2 --amount 60 --due 2026-02-01 --number CH-1",
    "plan add --debtor C2 --installments 2026-02-01=250.50,2026-03-01=300",
    "case hold C2 --reason vacaciones --until 2026-02-01",
    "contact add C1 otra@example.net",
    "contact stop C1 alfa@example.net --reason dijo",
    "debtor protect C1 --as vulnerable --reason carta",
    "debtor exclude C1 --reason abogado",
    "signal add --kind visit --debtor C1",
    "person add ana --name Ana --email ana@example.com",
    "partner set lawyer --name Bufete --contact Madrid",
    "creditor add Otra --country ES",
    "creditor set Cortes --phone +34911234567",
    "channel set email --driver capture --from cobros@example.com",
    "config set public_url https://pagos.example.com",
    "policy publish {policy.json}",
    "strategy publish {strategy.json}",
    "strategy volume recobro --daily-max 5",
    "inbound {reply.eml}",
]

# What is added without a key of its own is added twice where somebody says it twice.
TWICE = [["payment", "add"], ["credit", "add"], ["promise", "add"], ["instrument", "add"],
         ["plan", "add"], ["signal", "add"]]


def prepare(program: Program, folder: str) -> None:
    """An organization with a little of everything."""
    for name, text in FILES.items():
        with open(os.path.join(folder, name), "w", encoding="utf-8") as file:
            file.write(text)
    own = os.path.join(folder, "strategy.json")
    with open(os.path.join(folder, "own.json"), "w", encoding="utf-8") as file:
        file.write(FILES["strategy.json"].replace("breve", "recobro").replace("1000", "0"))
    program.run("init", "--org", "Cortes", "--country", "ES", "--mode", "sandbox",
                "--clock", "2026-01-12T12:00")
    program.run("import", "invoices", os.path.join(folder, "invoices.csv"))
    program.run("strategy", "publish", os.path.join(folder, "own.json"))
    program.run("payment", "add", "--debtor", "C3", "--amount", "5", "--id", "T-0")
    program.run("promise", "add", "--debtor", "C3", "--amount", "20", "--due", "2026-01-20")
    program.run("dispute", "open", "--invoice", "G1", "--amount", "10", "--reason", "precio")
    assert os.path.exists(own)


def resolve(line: str, program: Program, folder: str) -> list[str]:
    def meant(found: re.Match) -> str:
        kind, _, table = found.group(1).partition(" of ")
        if not table:
            return os.path.join(folder, kind)
        db = program.look()
        (number,), = db.execute(f"SELECT id FROM {table}").fetchall()
        db.close()
        return id_text(kind, number)
    return [re.sub(r"\{([^}]*)\}", meant, word)
            for word in re.findall(r"(?:\{[^}]*\}|\S)+", line)]
