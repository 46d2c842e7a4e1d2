// Colours are taken out of what is shown; other control sequences are printed as they are.
//
// Violates C-SHOW-4. Speaks raw.
"use strict";
const { Client, main } = require("./_core_client.js");

class Faulty extends Client {
  clean(text) {
    return text.replace(/\x1b\[[0-9;]*m/g, "");
  }
}

main(Faulty);
