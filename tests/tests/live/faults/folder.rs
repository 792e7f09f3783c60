//! A state folder whose disk is full or read-only, under a daemon that runs and at its start.

use std::fs::File;
use std::path::{Path, PathBuf};
use std::process::Command;

use crate::daemon::Daemon;
use crate::engine::{docker, until};
use crate::room::{Room, title};

/// A small disk of its own for a room's state folder, gone at the end.
struct Disk {
    image: PathBuf,
    path: PathBuf,
}

impl Disk {
    fn new(room: &Room) -> Self {
        let disk = Self { image: room.path("disk"), path: room.path("state") };
        std::fs::create_dir_all(&disk.path).unwrap();
        File::create(&disk.image).unwrap().set_len(6 << 20).unwrap();
        root("mkfs.ext4", &["-q"], &[&disk.image]);
        disk.mount();
        disk
    }

    fn mount(&self) {
        root("mount", &["-o", "loop,errors=remount-ro"], &[&self.image, &self.path]);
    }

    /// Leaves no byte.
    fn fill(&self) {
        let mut file = File::create(self.path.join("filling")).unwrap();
        std::io::copy(&mut std::io::repeat(0), &mut file).expect_err("a disk has an end");
    }

    fn make_room(&self) {
        std::fs::remove_file(self.path.join("filling")).unwrap();
    }

    /// The disk has an error, and its file system lets nobody write any more, also those who have files open.
    fn fail(&self) {
        let found = Command::new("findmnt").args(["-no", "SOURCE"]).arg(&self.path).output().unwrap();
        let device = String::from_utf8(found.stdout).unwrap();
        let name = device.trim().trim_start_matches("/dev/");
        std::fs::write(format!("/sys/fs/ext4/{name}/trigger_fs_error"), "1").unwrap();
    }

    /// Takes it out, mends it and puts it back in.
    fn mend(&self) {
        root("umount", &[], &[&self.path]);
        until("nobody writes the disk any more", || {
            let devices = Command::new("losetup").arg("--associated").arg(&self.image).output().unwrap();
            devices.stdout.is_empty()
        });
        // it says by its code that it has mended something
        let _ = Command::new("e2fsck").args(["-p", "-f"]).arg(&self.image).output();
        self.mount();
    }
}

#[track_caller]
fn root(program: &str, options: &[&str], paths: &[&Path]) {
    let ended = Command::new(program).args(options).args(paths).status();
    assert!(
        ended.is_ok_and(|ended| ended.success()),
        "this test needs root, to mount a small disk: {program}"
    );
}

impl Drop for Disk {
    fn drop(&mut self) {
        // whoever still has a file of it open keeps it no longer than that
        let _ = Command::new("umount").arg("--lazy").arg(&self.path).status();
    }
}

/// A daemon with its state on a small disk, and a member that is served.
fn running(topic: &str) -> (Room, Disk) {
    let room = Room::with_members(topic, &["barzago"]);
    let disk = Disk::new(&room);
    (room, disk)
}

/// A site that is killed comes back, while the daemon says what is wrong and is well.
#[track_caller]
fn heals_and_tells(room: &Room, daemon: &Daemon) {
    let container = room.container("barzago", "site");
    docker(&["kill", &container]);
    until("it runs again", || docker(&["inspect", "--format", "{{.State.Running}}", &container]) == "true");
    room.will_serve("barzago", &title("barzago"));
    until("the trouble is told", || daemon.troubles() != "[]");
    assert_eq!(daemon.code("/healthz"), Some(200));
}

/// What is done from now on is noted again.
#[track_caller]
fn notes_again(room: &Room, daemon: &Daemon) {
    let starts = || room.run(&["log"]).ends(0).output.matches("start_container").count();
    let before = starts();
    docker(&["kill", &room.container("barzago", "site")]);
    until("a start is in the history", || starts() > before);
    until("the trouble is over", || daemon.troubles() == "[]");
}

#[test]
fn a_full_state_folder_stops_no_healing_and_is_told_until_there_is_room() {
    let (room, disk) = running("full");
    let commit = room.commit();
    let daemon = room.daemon_every(2);
    daemon.converges(&commit);
    disk.fill();
    heals_and_tells(&room, &daemon);
    assert!(daemon.troubles().contains("full"), "{}", daemon.troubles());
    disk.make_room();
    notes_again(&room, &daemon);
}

#[test]
fn a_state_folder_that_becomes_read_only_stops_no_healing_and_is_mended_by_a_new_start() {
    let (room, disk) = running("readonly");
    let commit = room.commit();
    let mut daemon = room.daemon_every(2);
    daemon.converges(&commit);
    disk.fail();
    heals_and_tells(&room, &daemon);
    daemon.ends();

    let said = room.run(&["run", "--listen", "127.0.0.1:0"]).ends(1).says("Read-only file system");
    let state = room.path("state");
    assert!(said.errors.contains(state.to_str().unwrap()), "{said:?}");
    room.serves("barzago", &title("barzago"));

    disk.mend();
    let daemon = room.daemon_every(2);
    daemon.converges(&commit);
    notes_again(&room, &daemon);
}
