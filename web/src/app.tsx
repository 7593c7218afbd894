import { lazy, Suspense } from "react";
import { Redirect, Route, Router, Switch } from "wouter";
import { useGet } from "./api/queries";
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
const Invoices = lazy(() => import("./screens/invoices"));
const InvoicePage = lazy(() => import("./screens/invoice_page"));
const Instruments = lazy(() => import("./screens/instruments"));
const Payments = lazy(() => import("./screens/payments"));
const Templates = lazy(() => import("./screens/templates"));
const Settings = lazy(() => import("./screens/settings"));
const Start = lazy(() => import("./screens/start"));
const Imports = lazy(() => import("./screens/imports"));
const Results = lazy(() => import("./screens/results"));
const Simulations = lazy(() => import("./screens/simulations"));
const Simulation = lazy(() => import("./screens/simulation"));
const Forecast = lazy(() => import("./screens/forecast"));

/** A new organization begins with its first hour. */
function Home() {
  const strategies = useGet("/v1/strategies", {});
  if (strategies.isPending) return <Waiting />;
  return <Redirect to={strategies.data?.items.length === 0 ? "/start" : "/today"} />;
}

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
              <Route path="/" component={Home} />
              <Route path="/today/:task?" component={Today} />
              <Route path="/debtors" component={Debtors} />
              <Route path="/debtors/:id" component={Debtor} />
              <Route path="/outbox" component={Outbox} />
              <Route path="/strategies" component={Strategies} />
              <Route path="/strategies/:id" component={Strategy} />
              <Route path="/strategies/:id/edit" component={Strategy} />
              <Route path="/results" component={Results} />
              <Route path="/results/simulations" component={Simulations} />
              <Route path="/results/simulations/:id" component={Simulation} />
              <Route path="/results/forecast" component={Forecast} />
              <Route path="/invoices" component={Invoices} />
              <Route path="/invoices/:id" component={InvoicePage} />
              <Route path="/payments/calendar" component={Instruments} />
              <Route path="/payments/:id?" component={Payments} />
              <Route path="/templates/:name?" component={Templates} />
              <Route path="/settings/:part?" component={Settings} />
              <Route path="/start/:step?" component={Start} />
              <Route path="/imports/:upload?" component={Imports} />
              <Route component={NotThere} />
            </Switch>
          </Suspense>
        </Shell>
      </SessionProvider>
    </Router>
  );
}
