// Icons of our own, drawn on 24 × 24 with one stroke; always beside words.
const PATHS = {
  today: "M4 5h16v15H4zM4 9h16M8 3v4M16 3v4M9 14l2 2 4-4",
  debtors: "M9 11a3.5 3.5 0 1 0 0-7 3.5 3.5 0 0 0 0 7ZM3 20c0-3.3 2.7-6 6-6s6 2.7 6 6M16 4.5a3.5 3.5 0 0 1 0 6M17.5 14.5c2.1.8 3.5 2.9 3.5 5.5",
  outbox: "M21 4 3 11l7 3 3 7 8-17ZM10 14l5-5",
  strategies: "M6 3v6M6 9a3 3 0 1 0 0 6 3 3 0 0 0 0-6ZM6 15v6M9 12h5M14 6h6v4h-6zM14 14h6v4h-6zM11 12V8h3M11 12v4h3",
  invoices: "M6 3h9l4 4v14H6zM15 3v4h4M9 12h7M9 16h7",
  payments: "M3 6h18v12H3zM12 15a3 3 0 1 0 0-6 3 3 0 0 0 0 6ZM6 9v6M18 9v6",
  imports: "M12 3v11M8 10l4 4 4-4M4 15v5h16v-5",
  results: "M4 20V4M4 20h16M8 16v-4M12 16V8M16 16v-6",
  settings: "M12 15a3 3 0 1 0 0-6 3 3 0 0 0 0 6ZM12 2v3M12 19v3M2 12h3M19 12h3M4.9 4.9 7 7M17 17l2.1 2.1M4.9 19.1 7 17M17 7l2.1-2.1",
  search: "M11 18a7 7 0 1 0 0-14 7 7 0 0 0 0 14ZM20 20l-4-4",
  mail: "M3 5h18v14H3zM3 6l9 7 9-7",
  message: "M4 4h16v12H9l-5 4z",
  call: "M5 3h4l2 5-3 2c1 3 3 5 6 6l2-3 5 2v4c0 1-1 2-2 2C10 21 3 14 3 5c0-1 1-2 2-2Z",
  letter: "M4 9l8-6 8 6v11H4zM4 9l8 6 8-6",
  money: "M12 3v18M17 7c0-2-2-3-5-3s-5 1-5 3.5S9 11 12 12s5 1.500 5 4-2 4-5 4-5-1-5-3",
  note: "M5 3h14v18H5zM8 8h8M8 12h8M8 16h5",
  task: "M4 12l5 5L20 6",
  person: "M12 12a4 4 0 1 0 0-8 4 4 0 0 0 0 8ZM4 21c0-4 3.600-7 8-7s8 3 8 7",
  hold: "M8 5v14M16 5v14",
  gear: "M12 8v4l3 2M12 21a9 9 0 1 0 0-18 9 9 0 0 0 0 18Z",
  flag: "M6 21V4h11l-2 4 2 4H6",
  close: "M6 6l12 12M18 6 6 18",
  more: "M9 6l6 6-6 6",
  link: "M10 14a4 4 0 0 0 6 0l3-3a4 4 0 0 0-6-6l-1 1M14 10a4 4 0 0 0-6 0l-3 3a4 4 0 0 0 6 6l1-1",
  out: "M10 4H4v16h6M14 8l4 4-4 4M18 12H8",
  contrast: "M12 21a9 9 0 1 0 0-18 9 9 0 0 0 0 18ZM12 3v18",
} as const;
export type IconName = keyof typeof PATHS;

export function Icon({ name }: { name: IconName }) {
  return (
    <svg className="icon" viewBox="0 0 24 24" fill="none" stroke="currentColor" strokeWidth="1.8"
      strokeLinecap="round" strokeLinejoin="round" aria-hidden="true">
      <path d={PATHS[name]} />
    </svg>
  );
}
