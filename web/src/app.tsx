import { lazy, Suspense } from "react";
import { Redirect, Route, Router, Switch } from "wouter";
import { useWords } from "./i18n";
import { Waiting } from "./parts/state";
import { SessionProvider } from "./session";
import { Shell } from "./shell";

const Today = lazy(() => import("./screens/today"));
const Debtors = lazy(() => import("./screens/debtors"));
const Debtor = lazy(() => import("./screens/debtor"));
const Outbox = lazy(() => import("./screens/outbox"));
const Strategies = lazy(() => import("./screens/strategies"));
const Strategy = lazy(() => import("./screens/strategy"));
const Imports = lazy(() => import("./screens/imports"));
const Results = lazy(() => import("./screens/results"));

function NotThere() {
  const { t } = useWords();
  return <h1>{t("state.no_screen")}</h1>;
}

export function App() {
  return (
    <Router base="/app">
      <SessionProvider>
        <Shell>
          <Suspense fallback={<Waiting />}>
            <Switch>
              <Route path="/"><Redirect to="/today" /></Route>
              <Route path="/today/:task?" component={Today} />
              <Route path="/debtors" component={Debtors} />
              <Route path="/debtors/:id" component={Debtor} />
              <Route path="/outbox" component={Outbox} />
              <Route path="/strategies" component={Strategies} />
              <Route path="/strategies/:id" component={Strategy} />
              <Route path="/strategies/:id/edit" component={Strategy} />
              <Route path="/results" component={Results} />
              <Route path="/imports/:upload?" component={Imports} />
              <Route component={NotThere} />
            </Switch>
          </Suspense>
        </Shell>
      </SessionProvider>
    </Router>
  );
}
