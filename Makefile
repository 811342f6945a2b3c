# Offhook: everything that one does with this tree. "make" alone lists it.
#
# Each target installs what it needs (scripts/deps.sh) and works from a fresh clone.

# libopusfile is for Ogg files, which a phone has none of.
TAGS    := nolibopusfile
VERSION := $(shell scripts/version.sh)
ARCH    := amd64
LDFLAGS := -s -w -X main.version=$(VERSION)

export GOFLAGS := -tags=$(TAGS) -buildvcs=false -trimpath
# Debian's PortAudio, static and without JACK: see scripts/portaudio.sh.
export PKG_CONFIG_PATH := $(CURDIR)/bin/portaudio/$(ARCH)
# Go's build cache does not know what pkg-config answers; this flag tells it that the
# libraries are not those of a plain "go build".
export CGO_LDFLAGS := -O2 -g -L$(CURDIR)/bin/portaudio/$(ARCH)

# TESTFLAGS="-v -run Hold" goes to every go test; RUN_ARGS to offhook run.
TESTFLAGS ?=
RUN_ARGS  ?=
# VOICE_ARGS="-cases clean,jitter -seconds 15" makes bench-voice short.
VOICE_ARGS ?=
# The machine that make qemu boots the image on.
MACHINE    ?= virt
# What make flash writes to, the settings that it and make qemu put there, and FORCE=1, YES=1.
DEVICE     ?=
CONFIG     ?=
FORCE      ?=
YES        ?=
# What make reproduce compares: binary, deb or image, each with those before it.
WHAT       ?= image
# LOSS_ARGS="-lab" has the text, losses and scorer that other phones' figures come from.
LOSS_ARGS  ?=

help: ## list the targets
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-14s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

run: bin/offhook ## a working desk phone on this terminal, with an exchange to dial
	@exec bin/offhook run $(RUN_ARGS)

demo: bin/offhook ## two phones call each other, and each is measured hearing the other
	@scripts/deps.sh demo
	@go run ./scripts/demo

demo-mute: bin/offhook ## the demo with one phone mute: it must fail
	@scripts/deps.sh demo
	@OFFHOOK=$(CURDIR)/bin/offhook go test -tags=$(TAGS),demo -count=1 -run Mute $(TESTFLAGS) ./scripts/demo

test: deps ## every test that needs nothing but what the build needs
	@go test -timeout 5m $(TESTFLAGS) ./...

race: deps ## the tests of all that starts a goroutine, under the race detector
	@raced=$$(go run ./scripts/racing) && go test -race -timeout 15m $(TESTFLAGS) $$raced

interop: bin/offhook ## against real peers: Debian's Kamailio, baresip, linphonec and sipp
	@scripts/deps.sh build interop
	@go test -tags=$(TAGS),interop -count=1 -parallel 6 -timeout 20m $(TESTFLAGS) ./scripts/interop/...

interop-matrix: ## the same, and what it met as the table of docs/interop.md
	@OFFHOOK_INTEROP_PAGE=$(CURDIR)/docs/interop.md $(MAKE) --no-print-directory interop

torture: bin/offhook ## the messages of RFC 4475 and 5118, beside baresip and Kamailio: docs/torture.md
	@scripts/deps.sh build interop
	@go run ./scripts/torture -binary bin/offhook -o docs/torture.md

check: deps ## format, vet, staticcheck, import rules, tidy
	@scripts/check.sh

bench: bin/offhook ## what a call costs, beside Debian's baresip in the same run
	@scripts/deps.sh build bench
	@go run ./scripts/bench

bench-voice: bin/offhook ## what is heard over bad networks, beside baresip and linphone: 25 minutes
	@scripts/deps.sh build bench
	@go run ./scripts/voice $(if $(OUT),-out $(OUT)) $(VOICE_ARGS)

bench-exchange: bin/offhook ## what the exchange carries, beside Debian's Kamailio: ten minutes
	@scripts/deps.sh build interop
	@go run ./scripts/load $(if $(OUT),-out $(OUT))

bench-jitter: ## the playout buffer against replayed networks, beside other policies: seconds
	@go run ./scripts/jitterbench $(if $(OUT),-out $(OUT)) $(if $(PLOT),-plot $(PLOT))

bench-instructions: ## what calls and conferences cost a Pi 4, by instructions counted under qemu: ten minutes
	@scripts/deps.sh build cross emulate
	@scripts/instructions.sh

bench-loss: ## what speech sounds like over bad networks, without a clock: some minutes
	@scripts/deps.sh build demo
	@go run ./scripts/lossbench $(LOSS_ARGS)

soak: deps ## the longer tests: many calls, many times over
	@go test -tags=$(TAGS),soak -count=1 -timeout 60m $(TESTFLAGS) ./...

fuzz: deps ## every fuzz target for FUZZTIME (20s)
	@scripts/fuzz.sh

cross: bin/offhook-linux-arm64 bin/offhook-linux-armhf ## the binaries for boards, bin/offhook-linux-arm64 and -armhf

cross-test: ## run them, and the tests of what differs there, under qemu
	@scripts/deps.sh build cross cross-armhf emulate
	@scripts/cross-test.sh arm64 && scripts/cross-test.sh armhf

bin/offhook-linux-arm64:
	@scripts/deps.sh build cross
	@scripts/cross.sh arm64 "$(LDFLAGS)"

bin/offhook-linux-armhf:
	@scripts/deps.sh build cross-armhf
	@scripts/cross.sh armhf "$(LDFLAGS)"

image: bin/offhook-linux-arm64 ## the SD card image, bin/image/offhook.img and its .xz, of Debian's packages
	@scripts/deps.sh build cross image
	@scripts/image.sh -x

deb: cross licenses ## packages for Raspberry Pi OS, bin/offhook_*_arm64.deb and _armhf.deb
	@scripts/deb.sh arm64 && scripts/deb.sh armhf

deb-test: deb ## install, upgrade, remove and purge them, in a folder
	@scripts/deb-test.sh arm64 && scripts/deb-test.sh armhf

reproduce: ## build the commit twice, in two folders, from nothing: WHAT=binary, deb or image have to be the same bytes
	@scripts/deps.sh build cross cross-armhf image
	@scripts/reproduce.sh $(WHAT)

licenses: deps ## the licences of all that is in the program, bin/licenses; an unknown one fails
	@go run ./scripts/licenses

sources: ## the sources of all Debian packages in the image, bin/sources: 300 MB, to be given on with it
	@scripts/sources.sh

flash: bin/offhook ## write the image to a card: DEVICE=/dev/sdX [CONFIG=offhook.toml]; it is read back
	@scripts/deps.sh build image
	@go build -o bin/flash ./scripts/flash
	@bin/flash $(if $(CONFIG),-config $(CONFIG)) $(if $(FORCE),-force) $(if $(YES),-yes) $(DEVICE)

qemu: ## that image in QEMU, with the panel on this terminal; MACHINE=raspi3b for a Pi 3, CONFIG=offhook.toml
	@scripts/deps.sh build image qemu
	@[ -e bin/image/offhook.img ] || $(MAKE) --no-print-directory image
	@$(if $(CONFIG),OFFHOOK_TOML='$(abspath $(CONFIG))') scripts/qemu.sh $(MACHINE)

qemu-test: bin/offhook ## that image in QEMU as a phone: first start, calls, keys on simulated pins, power cuts, updates; ten minutes
	@scripts/deps.sh build cross image qemu
	@scripts/cross.sh arm64 "$(LDFLAGS)"
	@scripts/image.sh -q
	@scripts/gpiosim.sh
	@go test -tags=$(TAGS),qemu -count=1 -timeout 15m $(TESTFLAGS) ./scripts/guest

clean: ## remove what was built
	rm -rf bin

deps:
	@scripts/deps.sh build
	@scripts/portaudio.sh $(ARCH)

bin/offhook: deps
	@[ -e bin/offhook ] || echo "Fetching the Go modules that Offhook is made of." >&2
	@[ -e bin/offhook ] || go list -deps ./firmware >/dev/null
	@[ -e bin/offhook ] || echo "Building them and Offhook: one to three minutes on two cores, this first time." >&2
	@go build -ldflags '$(LDFLAGS)' -o bin/offhook ./firmware

.PHONY: help run demo demo-mute test race interop interop-matrix check bench bench-voice bench-exchange bench-jitter bench-loss bench-instructions soak fuzz cross cross-test deb deb-test reproduce licenses sources flash image qemu qemu-test clean deps bin/offhook bin/offhook-linux-arm64 bin/offhook-linux-armhf
