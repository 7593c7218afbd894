/* How the debtor's page looks: the console's colours (CONSOLE.md §5), system fonts, one column made
 * for a phone, two from 880 px on. Targets are 44 px high at least. Classes are short, for they
 * travel with every page.
 *
 *   n name · lg logo's ground · g languages · sim test banner · card · amt the amount · st status
 *   note box (ok, warn, bad) · kv facts · k button · t link with a 44 px target · m muted · o
 * option fld field · hint · err · acts list of actions · qr, bars codes · v visit */
#ifndef PN_PAGE_STYLE_H
#define PN_PAGE_STYLE_H

#define PAGE_LIGHT                                                                                 \
    "--p:#f7f8f9;--s:#fff;--f:#f2f5f8;--x:#16202c;--m:#566273;--c:#7d8a9a;--h:#d9dde3;"            \
    "--g:#0f7a45;--gb:#e7f4ec;--w:#7d4a00;--wb:#fdf3e0;--b:#b42318;--bb:#fdeceb;"
#define PAGE_DARK                                                                                  \
    "--p:#0d141c;--s:#16202c;--f:#1e2a37;--x:#eef2f6;--m:#aab6c4;--c:#718096;--h:#2e3b4a;"         \
    "--g:#6fd6a0;--gb:#15332a;--w:#f0b45a;--wb:#33291a;--b:#ff9a8f;--bb:#3a2325;"

#define PAGE_STYLE                                                                                 \
    "*{box-sizing:border-box}html{-webkit-text-size-adjust:100%}"                                  \
    "body{margin:0;background:var(--p);color:var(--x);font:16px/1.45 system-ui,-apple-system,"     \
    "'Segoe UI',Roboto,Helvetica,Arial,sans-serif;overflow-wrap:anywhere}"                         \
    "header,main,footer{max-width:640px;margin:0 auto;padding:0 16px}"                             \
    "header{display:flex;flex-wrap:wrap;align-items:center;justify-content:space-between;"         \
    "gap:4px 16px;padding-top:12px;padding-bottom:12px}"                                           \
    "p{margin:0 0 8px}h1{font-size:20px;line-height:1.3;margin:0 0 4px}"                           \
    "h2{font-size:16px;line-height:1.4;margin:0 0 12px}a{color:var(--a)}"                          \
    ".n{font-weight:700;font-size:18px;margin:0}.lg{display:inline-block;background:#fff;"         \
    "border-radius:6px;padding:4px 8px}.lg img{display:block;max-width:100%;height:auto}"          \
    ".g{display:flex;gap:4px;font-size:14px;margin:0 -8px}.g a,.g span{min-height:44px;"           \
    "min-width:44px;padding:12px 8px;line-height:20px;text-align:center}"                          \
    ".g span{font-weight:600;color:var(--m)}"                                                      \
    ".sim{margin:0;flex-basis:100%;border-radius:10px;padding:8px "                                \
    "16px;text-align:center;font-size:14px;background:var(--wb);"                                  \
    "color:var(--w)}"                                                                              \
    ".card,.note{background:var(--s);border:1px solid var(--h);border-radius:14px;padding:20px "   \
    "16px;margin:0 0 16px}"                                                                        \
    ".amt{font-size:36px;line-height:1.15;font-weight:700;margin:4px 0 8px;"                       \
    "font-variant-numeric:tabular-nums}"                                                           \
    ".st{display:inline-block;margin:0 0 8px;padding:4px 12px;border-radius:999px;font-size:14px;" \
    "font-weight:600;background:var(--f)}.st.ok{background:var(--gb);color:var(--g)}"              \
    ".st.warn{background:var(--wb);color:var(--w)}.st.bad{background:var(--bb);color:var(--b)}"    \
    ".note{padding:12px 16px;border-left:4px solid var(--c)}.note p:last-child,.card>p:last-child" \
    "{margin-bottom:0}.note.ok{border-left-color:var(--g)}.note.warn{border-left-color:var(--w)}"  \
    ".note.bad{border-left-color:var(--b)}.note ul{margin:4px 0 0;padding-left:20px}"              \
    ".m,.hint{color:var(--m)}.hint,.s{font-size:14px}"                                             \
    ".kv{margin:0;display:grid;grid-template-columns:minmax(auto,max-content) 1fr;gap:6px "        \
    "16px}.kv dt{color:var(--m)}"                                                                  \
    ".kv dd{margin:0;text-align:right;font-variant-numeric:tabular-nums}.kv .z{font-weight:700;"   \
    "white-space:nowrap}"                                                                          \
    ".kv.w{grid-template-columns:1fr}.kv.w dd{text-align:left;margin:-6px 0 8px;font-size:18px;"   \
    "font-weight:600;user-select:all}"                                                             \
    ".k{display:block;width:100%;min-height:52px;padding:12px 20px;margin:16px 0 8px;border:2px "  \
    "solid "                                                                                       \
    "var(--e);border-radius:10px;background:var(--k);color:var(--l);font:inherit;font-weight:600;" \
    "text-align:center;text-decoration:none;cursor:pointer}"                                       \
    ".k.q{background:transparent;color:var(--a);border-color:var(--c)}"                            \
    ".t{display:inline-block;min-height:44px;padding:10px 0;line-height:24px}"                     \
    ""
#define PAGE_STYLE_FORMS                                                                           \
    "fieldset{border:0;margin:0 0 20px;padding:0;min-width:0}legend{padding:0;font-weight:700;"    \
    "margin:0 0 8px}"                                                                              \
    ".o{display:flex;gap:12px;align-items:flex-start;min-height:48px;padding:12px;border:1px "     \
    "solid var(--c);border-radius:10px;margin:0 0 8px;cursor:pointer}.o small{display:block;"      \
    "font-size:14px;color:var(--m)}.o:has(:checked){border-color:var(--a);box-shadow:inset 0 0 0 " \
    "1px var(--a)}.o b{font-variant-numeric:tabular-nums}.o>span{flex:1;min-width:0}"              \
    "input[type=radio],input[type=checkbox]{flex:none;width:22px;height:22px;margin:1px 0 0;"      \
    "accent-color:var(--a)}"                                                                       \
    ".fld{margin:0 0 20px}.fld>label,.lab{display:block;font-weight:600;margin:0 0 4px}"           \
    ".fld>label span{font-weight:400;color:var(--m)}"                                              \
    "input:not([type]),input[type=text],input[type=date],input[type=email],input[type=number],"    \
    "input[type=file],select,textarea{display:block;width:100%;min-height:48px;padding:10px 12px;" \
    "border:1px solid var(--c);border-radius:6px;background:var(--s);color:var(--x);font:inherit}" \
    "textarea{min-height:120px}.code{font-size:24px;letter-spacing:.3em;max-width:12em}"           \
    ".err{color:var(--b);font-weight:600;font-size:14px;margin:4px 0 0}"                           \
    "details{border-top:1px solid var(--h);margin-top:12px}summary{min-height:44px;padding:12px "  \
    "0;cursor:pointer;font-weight:600}table{width:100%;border-collapse:collapse;font-size:15px}"   \
    "th,td{text-align:left;padding:8px 8px 8px 0;border-top:1px solid "                            \
    "var(--h);vertical-align:top}"                                                                 \
    "th{color:var(--m);font-weight:600;white-space:nowrap}td:last-child,th:last-child{text-align:" \
    "right;padding-"                                                                               \
    "right:"                                                                                       \
    "0;font-variant-numeric:tabular-nums;white-space:nowrap}"                                      \
    ".acts{list-style:none;margin:0;padding:0}.acts a{display:block;min-height:48px;padding:12px " \
    "0;border-top:1px solid var(--h)}.acts li:first-child a{border-top:0}"                         \
    ".qr{display:block;width:200px;height:200px;margin:12px auto 0;border-radius:6px}"             \
    ".bars{display:block;width:100%;max-width:420px;height:96px;margin:12px "                      \
    "auto;border-radius:4px}"                                                                      \
    ".num{font-size:20px;letter-spacing:.05em;text-align:center;font-weight:600;user-select:all}"  \
    "footer{padding-top:8px;padding-bottom:32px;font-size:14px;color:var(--m)}.v{position:"        \
    "absolute;"                                                                                    \
    "left:-9px}"                                                                                   \
    ":focus-visible{outline:3px solid var(--a);outline-offset:2px}"                                \
    "@media(forced-colors:active){.k,.o,.card,.note{border:1px solid}}"                            \
    "@media print{body{background:#fff;color:#000}.noprint,.g,form{display:none}.card,.note{"      \
    "border-color:#999;break-inside:avoid}}"

#endif
