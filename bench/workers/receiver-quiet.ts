// The receiver whose log goes nowhere: what its line of log costs is the difference.

import { createReceiverAlone } from "./receiver-alone.ts"

export default createReceiverAlone(() => {})
