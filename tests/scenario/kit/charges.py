"""Steps about mandates and charging them."""
from kit.script import StepFailed, step


@step("payments through {provider}")
def payments_through(p, provider):
    p.do("method", "set", provider)


@step("{debtor} has the mandate {token}")
def mandate(p, debtor, token):
    p.do("mandate", "add", debtor, "--provider", "simulated", "--token", token, "--label", "Visa ···4242")


@step("expect {n:n} charges of {debtor}", check=True)
def expect_charges(p, n, debtor):
    found = len(p.rows("SELECT id FROM payment_intent WHERE debtor_id = ? AND origin = 'collect'",
                       p.debtor(debtor)["id"]))
    if found != int(n):
        raise StepFailed(f"there are {found}")


@step("expect mandate of {debtor}: {state*}", check=True)
def expect_mandate(p, debtor, state):
    found = p.do("mandate", "list", debtor)["mandates"][-1]
    if f"{found['state']} {found['reason']}".strip() != state:
        raise StepFailed(f"it is {found['state']} {found['reason']}")
