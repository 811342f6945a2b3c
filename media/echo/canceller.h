// libspeexdsp's echo canceller and preprocessor as one: a frame goes in, a frame comes out.
#ifndef OFFHOOK_CANCELLER_H
#define OFFHOOK_CANCELLER_H

#include <stdint.h>

struct canceller;

// canceller_new makes one for frames of so many samples; tail 0: no echo is cancelled.
// noise, echo and both are in dB and at most 0: what the noise of the room, the rest of the
// echo, and that rest while somebody speaks are lowered to. NULL: out of memory.
struct canceller *canceller_new(int rate, int frame, int tail, int noise, int echo, int both);
void canceller_free(struct canceller *c);

// canceller_process takes far, what the loudspeaker plays, out of mic, in place.
void canceller_process(struct canceller *c, int16_t *mic, const int16_t *far);

// canceller_forget begins anew, as with another room. 0: out of memory, and all is as before.
int canceller_forget(struct canceller *c);

#endif
