"""MAINTAINERS files in the forms of Linux, QEMU and U-Boot, written for these tests."""

LINUX = """\
List of maintainers
===================

Descriptions of section entries and preferred order
---------------------------------------------------

	M: *Mail* patches to: FullName <address@domain>
	F: *Files* and directories wildcard patterns.
	F: drivers/net/	all files in and below drivers/net

Maintainers List
----------------

.. note:: Look for the most precise areas first.

NVM DRIVER
M:	Ann Author <ann@example.org>
M:	"Bob B." <Bob@Example.org>
R:	Cid <cid@example.org>
L:	nvm@lists.example.org (moderated for non-subscribers)
S:	Supported
W:	https://nvm.example.org/
T:	git git://git.example.org/nvm.git
F:	drivers/nvm/
F:	include/linux/nvm*.h
X:	drivers/nvm/target/
K:	\\bnvm_

TEGRA
M:	Ann Author <ann@example.org>
S:	Maintained
N:	[^a-z]tegra

THE REST
M:	Tor <tor@example.org>
S:	Buried alive in reporters
F:	*
F:	*/
"""

QEMU = """\
QEMU Maintainers
================

	M: Mail patches to: FullName <address@domain>

Reporting Faults
----------------
W: https://faults.example.org/
M: Ann Author <ann@example.org>
L: faults@example.org

Guest CPU cores
---------------
Overall
S: Maintained
F: cpu-all.c
F: accel/*/queue?.c

Block drivers
=============
Dee
M: Dee <dee@example.org>
S: Odd Fixes
F: hw/**/dee_*.c
"""

UBOOT = """\
Descriptions of section entries:

	P: Person (obsolete)
	M: Mail patches to: FullName <address@domain>

Maintainers List (try to look for most precise areas first)

		-----------------------------------

BOARD
M:	Eve <eve@example.org>
S:	Orphan
F:	board/eve
F:	configs/eve_defconfig
"""
